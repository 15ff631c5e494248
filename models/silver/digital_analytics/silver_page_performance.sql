{# vital: its column, and the last value that is good and that is not yet poor (web.dev) #}
{% set vitals = {
    'lcp': ['largest_contentful_paint_ms', 2500, 4000],
    'inp': ['interaction_to_next_paint_ms', 200, 500],
    'fid': ['first_input_delay_ms', 100, 300],
    'cls': ['cumulative_layout_shift', 0.1, 0.25],
    'ttfb': ['time_to_first_byte_ms', 800, 1800],
    'fcp': ['first_contentful_paint_ms', 1800, 3000],
} %}

{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['page_performance_key'],
) }}

with

measurements as (

    {{ latest_delivery(
        ref('stg_digital_analytics__performance_metrics'),
        'metric_id',
        ['metric_timestamp', 'session_id', 'page_url', 'page_load_time_ms'],
    ) }}

),

attributes_read as (

    select
        *,
        coalesce(
            {{ json_number('metric_attributes', 'inp') }},
            {{ json_number('metric_attributes', 'interaction_to_next_paint') }}
        ) as sent_inp,
        {{ json_number('metric_attributes', 'api_response_ms') }} as sent_api_response,
        {{ json_number('metric_attributes', 'status') }} as sent_status
    from measurements

),

within_range as (

    select
        *,
        cast({{ within('sent_inp', 0, 3600000) }} as integer) as interaction_to_next_paint_ms,
        cast({{ within('sent_api_response', 0, 3600000) }} as integer) as api_response_ms,
        cast({{ within('sent_status', 100, 599) }} as integer) as http_status,
        coalesce(dns_lookup_time_ms, 0) + coalesce(tcp_connect_time_ms, 0) + request_time_ms
            as time_to_first_byte_ms
    from attributes_read

),

rated as (

    select
        {% for vital, (column, good, fair) in vitals.items() %}
            case
                when {{ column }} <= {{ good }} then 'good'
                when {{ column }} <= {{ fair }} then 'needs improvement'
                when {{ column }} is not null then 'poor'
            end as {{ vital }}_rating,
        {% endfor %}
        *
    from within_range

),

final as (

    select

        -- keys
        {{ surrogate_key(['metric_id']) }} as page_performance_key,
        case
            when session_id is not null
                then {{ surrogate_key(['source_system', 'session_id']) }}
        end as source_session_key,
        {{ page_key_of_url('page_url') }} as page_key,

        -- ids
        metric_id,
        session_id as source_session_id,
        source_system,
        user_id,

        -- what was measured
        page_url,
        screen_name,
        platform,
        device_type,
        connection_type,

        -- vitals
        largest_contentful_paint_ms,
        interaction_to_next_paint_ms,
        first_input_delay_ms,
        cumulative_layout_shift,
        time_to_first_byte_ms,
        first_contentful_paint_ms,
        lcp_rating,
        inp_rating,
        fid_rating,
        cls_rating,
        ttfb_rating,
        fcp_rating,
        case
            when
                lcp_rating is not null
                and cls_rating is not null
                and coalesce(inp_rating, fid_rating) is not null
                then
                    lcp_rating = 'good'
                    and cls_rating = 'good'
                    and coalesce(inp_rating, fid_rating) = 'good'
        end as is_vitals_pass,

        -- the rest
        page_load_time_ms,
        dom_ready_time_ms,
        time_to_interactive_ms,
        total_blocking_time_ms,
        speed_index,
        page_size_bytes,
        resource_count,
        api_response_ms,
        http_status,

        -- timestamps
        metric_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from rated

)

select * from final
