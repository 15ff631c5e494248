{% set typed_fields = [
    'dns_lookup_time_ms', 'tcp_connect_time_ms', 'request_time_ms', 'response_time_ms',
    'page_size_bytes', 'resource_count', 'dom_processing_time_ms', 'dom_ready_time_ms',
    'page_load_time_ms', 'first_paint_time_ms', 'first_contentful_paint_ms',
    'largest_contentful_paint_ms', 'speed_index', 'time_to_interactive_ms', 'first_input_delay_ms',
    'total_blocking_time_ms', 'cumulative_layout_shift', 'metric_attributes', 'raw_payload',
    'metric_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'performance_metrics') }}

),

typed as (

    select

        -- ids
        {{ clean_text('metric_id') }} as metric_id,
        {{ clean_text('session_id') }} as session_id,
        {{ clean_text('user_id') }} as user_id,
        coalesce({{ clean_text('source_system') }}, '{{ var("default_source_system") }}')
            as source_system,

        -- what was measured
        {{ clean_text('page_url') }} as page_url,
        {{ clean_text('screen_name') }} as screen_name,
        {{ clean_text('platform') }} as platform,
        {{ clean_text('device_type') }} as device_type,
        {{ clean_text('connection_type') }} as connection_type,

        -- network
        {{ within(as_integer('dns_lookup_time_ms'), 0, 3600000) }} as dns_lookup_time_ms,
        {{ within(as_integer('tcp_connect_time_ms'), 0, 3600000) }} as tcp_connect_time_ms,
        {{ within(as_integer('request_time_ms'), 0, 3600000) }} as request_time_ms,
        {{ within(as_integer('response_time_ms'), 0, 3600000) }} as response_time_ms,
        {{ within(as_integer('page_size_bytes', 'bigint'), 0, 1000000000000) }} as page_size_bytes,
        {{ within(as_integer('resource_count'), 0, 1000000) }} as resource_count,

        -- page
        {{ within(as_integer('dom_processing_time_ms'), 0, 3600000) }} as dom_processing_time_ms,
        {{ within(as_integer('dom_ready_time_ms'), 0, 3600000) }} as dom_ready_time_ms,
        {{ within(as_integer('page_load_time_ms'), 0, 3600000) }} as page_load_time_ms,

        -- paint
        {{ within(as_integer('first_paint_time_ms'), 0, 3600000) }} as first_paint_time_ms,
        {{ within(as_integer('first_contentful_paint_ms'), 0, 3600000) }}
            as first_contentful_paint_ms,
        {{ within(as_integer('largest_contentful_paint_ms'), 0, 3600000) }}
            as largest_contentful_paint_ms,
        {{ within(as_integer('speed_index'), 0, 3600000) }} as speed_index,

        -- response to the user
        {{ within(as_integer('time_to_interactive_ms'), 0, 3600000) }} as time_to_interactive_ms,
        {{ within(as_integer('first_input_delay_ms'), 0, 3600000) }} as first_input_delay_ms,
        {{ within(as_integer('total_blocking_time_ms'), 0, 3600000) }} as total_blocking_time_ms,
        {{ within('try_cast(cumulative_layout_shift as decimal(5, 4))', 0, 9.9999) }}
            as cumulative_layout_shift,

        -- payloads
        {{ as_json('metric_attributes') }} as metric_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('metric_timestamp') }} as metric_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        metric_timestamp as delivered_timestamp,
        {{ raw_fields(typed_fields) }} as raw,
        {{ whole_row('source') }} as delivered_row

    from source

),

checked as (

    select
        *,
        {{ nulled_columns(typed_fields) }} as nulled_columns
    from typed

),

final as (

    select
        *,
        {{ rejection_reason('metric_id', 'metric_timestamp') }} as rejection_reason
    from checked

)

select * from final
