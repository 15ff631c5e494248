{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['page_performance_key'],
    meta={
        'touched_by': {
            'page_performance_key': {
                'silver_page_performance': 'page_performance_key',
                'silver_web_event_sessions': 'event_key',
            },
        },
    },
) }}

with

measurements as (

    select * from {{ ref('silver_page_performance') }}
    {% if is_incremental() %}
        where page_performance_key in ({{ touched('page_performance_key') }})
    {% endif %}

),

places as (

    select * from {{ ref('silver_web_event_sessions') }}
    where event_kind = 'performance'

),

platforms as (select * from {{ ref('dim_platform') }}),

final as (

    select

        -- keys
        measurements.page_performance_key,
        {{ date_key('measurements.metric_timestamp') }} as measurement_date_key,
        places.session_key,
        places.visitor_key,
        places.customer_key,
        measurements.page_key,
        coalesce(platforms.platform_key, -1) as platform_key,

        -- attributes
        measurements.device_type,
        measurements.connection_type,
        measurements.http_status,
        measurements.lcp_rating,
        measurements.inp_rating,
        measurements.fid_rating,
        measurements.cls_rating,
        measurements.ttfb_rating,
        measurements.fcp_rating,
        measurements.is_vitals_pass,
        measurements.http_status >= 400 as is_error,

        -- measures
        measurements.largest_contentful_paint_ms,
        measurements.interaction_to_next_paint_ms,
        measurements.first_input_delay_ms,
        measurements.cumulative_layout_shift,
        measurements.time_to_first_byte_ms,
        measurements.first_contentful_paint_ms,
        measurements.page_load_time_ms,
        measurements.dom_ready_time_ms,
        measurements.time_to_interactive_ms,
        measurements.total_blocking_time_ms,
        measurements.speed_index as speed_index_ms,
        measurements.page_size_bytes,
        measurements.resource_count,
        measurements.api_response_ms,
        1 as measurement_count,

        -- timestamps
        measurements.metric_timestamp as measurement_timestamp

    from measurements
    left join places on measurements.page_performance_key = places.event_key
    left join platforms on lower(measurements.platform) = platforms.platform_name
    where {{ var("include_bots") }} or not coalesce(places.is_bot or places.is_test, false)

)

select * from final
