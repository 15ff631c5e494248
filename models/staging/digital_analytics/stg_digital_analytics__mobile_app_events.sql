{% set typed_fields = [
    'event_value', 'time_since_app_launch_ms', 'time_since_previous_event_ms', 'crash_flag',
    'event_properties', 'crash_details', 'event_attributes', 'raw_payload', 'event_timestamp',
    'app_first_open_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'mobile_app_events') }}

),

typed as (

    select

        -- ids
        {{ clean_text('event_id') }} as event_id,
        {{ clean_text('app_session_id') }} as app_session_id,
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('device_id') }} as device_id,
        {{ clean_text('advertising_id') }} as advertising_id,
        coalesce({{ clean_text('source_system') }}, '{{ var("default_source_system") }}')
            as source_system,

        -- the event
        {{ clean_text('event_type') }} as event_type,
        {{ clean_text('event_name') }} as event_name,
        {{ clean_text('screen_name') }} as screen_name,
        {{ clean_text('screen_class') }} as screen_class,
        {{ clean_text('previous_screen') }} as previous_screen,
        {{ clean_text('app_install_source') }} as app_install_source,
        try_cast(event_value as decimal(18, 2)) as event_value,

        -- app and device
        {{ clean_text('app_version') }} as app_version,
        {{ clean_text('app_build') }} as app_build,
        {{ clean_text('platform') }} as platform,
        {{ clean_text('os_version') }} as os_version,
        {{ clean_text('device_model') }} as device_model,
        {{ clean_text('device_manufacturer') }} as device_manufacturer,
        {{ clean_text('network_type') }} as network_type,
        {{ clean_text('carrier') }} as carrier,
        {{ clean_text('language') }} as language,
        {{ clean_text('timezone') }} as timezone,

        -- place
        {{ clean_text('country') }} as country,
        {{ clean_text('region') }} as region,
        {{ clean_text('city') }} as city,

        -- measures
        {{ within(as_integer('time_since_app_launch_ms'), 0, 2147483647) }}
            as time_since_app_launch_ms,
        {{ within(as_integer('time_since_previous_event_ms'), 0, 2147483647) }}
            as time_since_previous_event_ms,
        try_cast(crash_flag as boolean) as crash_flag,

        -- payloads
        {{ as_json('event_properties') }} as event_properties,
        {{ as_json('crash_details') }} as crash_details,
        {{ as_json('event_attributes') }} as event_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('event_timestamp') }} as event_timestamp,
        {{ utc_timestamp('app_first_open_timestamp') }} as app_first_open_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        event_timestamp as delivered_timestamp,
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
        {{ rejection_reason('event_id', 'event_timestamp') }} as rejection_reason
    from checked

)

select * from final
