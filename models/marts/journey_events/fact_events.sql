{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['event_key'],
    meta={'touched_by': {'event_key': {'silver_customer_events': 'event_key'}}},
) }}

with

events as (

    select * from {{ ref('silver_customer_events') }}
    where
        ({{ var("include_bots") }} or not (is_bot or is_test))
        {% if is_incremental() %}
            and event_key in ({{ touched('event_key') }})
        {% endif %}

),

final as (

    select

        -- keys
        event_key,
        {{ date_key('event_timestamp') }} as event_date_key,
        cast(hour(event_timestamp) * 100 + minute(event_timestamp) as integer) as event_time_key,
        visitor_key,
        customer_key,
        session_key,
        journey_key,
        event_type_key,
        channel_key,
        device_key,
        campaign_key,
        product_key,

        -- attributes
        event_type,
        coalesce(channel_code, '(unknown)') as event_channel,
        engagement_kind,
        journey_stage,
        visitor_id_type <> 'none' as is_identified,
        coalesce(
            page_type in ('article', 'blog', 'guide', 'news')
            or {{ text_matches('lower(page_path)', "'/(articles?|blog|guides?|learn|news)/'") }},
            false
        ) as is_content_event,
        is_late,
        is_out_of_order,
        client_to_server_ms <= {{ var("event_latency_target_ms") }} as is_real_time,

        -- measures
        session_sequence_number as session_sequence,
        journey_sequence_number as journey_sequence,
        event_value,
        time_since_session_start_seconds,
        time_since_previous_event_seconds,
        client_to_server_ms,
        clock_skew_ms,
        server_to_ingestion_ms,
        event_to_ingestion_ms,
        conversion_event_flag as conversion_flag,
        bounce_flag,
        1 as event_count,

        -- timestamps
        event_timestamp

    from events

)

select * from final
