{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['app_event_key'],
    meta={'units': ['source_session_key', 'source_customer_key']},
) }}

with

deliveries as (

    {{ latest_delivery(
        ref('stg_digital_analytics__mobile_app_events'),
        'event_id',
        ['event_timestamp', 'device_id', 'app_session_id', 'customer_id', 'event_type'],
    ) }}

),

classified as (

    select
        deliveries.*,
        coalesce(lower(deliveries.event_type), '') as event_kind,
        lower(deliveries.platform) as platform_name,
        coalesce(platforms.platform_label, lower(deliveries.platform)) as os,
        case
            when
                lower(deliveries.platform) = 'ipados'
                or {{ text_matches(
                    'lower(deliveries.device_model)', "'(ipad|tablet|[ _-]tab([ _-]|$))'"
                ) }}
                then 'tablet'
            when lower(deliveries.platform) in ('tvos', 'android_tv') then 'tv'
            when lower(deliveries.platform) in ('watchos', 'wear_os') then 'watch'
            when lower(deliveries.platform) in ('ios', 'android', 'app') then 'mobile'
            when lower(deliveries.platform) in ('windows', 'macos') then 'desktop'
        end as device_type,
        cast(null as string) as no_browser
    from deliveries
    left join {{ ref('platforms') }} as platforms
        on lower(deliveries.platform) = platforms.platform_name

),

final as (

    select

        -- keys
        {{ surrogate_key(['event_id']) }} as app_event_key,
        case
            when app_session_id is not null
                then {{ surrogate_key(['source_system', 'app_session_id']) }}
        end as source_session_key,
        {{ surrogate_key(['screen_name']) }} as screen_key,
        {{ surrogate_key([
            'device_type', 'device_manufacturer', 'device_model', 'no_browser',
            'no_browser', 'os', 'os_version',
        ]) }} as device_key,
        case
            when customer_id is not null
                then {{ surrogate_key(['source_system', 'customer_id']) }}
        end as source_customer_key,

        -- ids
        event_id,
        app_session_id,
        source_system,
        device_id,
        user_id,
        customer_id,

        -- the event
        event_type,
        event_name,
        screen_name,
        screen_class,
        event_value,
        event_kind in ('app_open', 'first_open', 'push_opened') as is_opening,
        event_kind = 'first_open' as is_first_open,
        event_kind in ('screen_view', 'screenview', 'screen') as is_screen_view,
        event_kind in ('button_tap', 'tap', 'click') as is_tap,
        event_kind in ('purchase', 'in_app_purchase') as is_purchase,
        coalesce(crash_flag, false) or event_kind in ('app_crash', 'crash') as is_crash,
        not coalesce(crash_flag, false)
        and event_kind in ('error', 'app_error', 'exception', 'app_exception') as is_error,

        -- app, device and place
        app_version,
        app_install_source,
        platform_name as platform,
        device_type,
        device_manufacturer as device_brand,
        device_model,
        os,
        os_version,
        country,

        -- measures
        cast(
            {{ within(
                "try_cast(" ~ json_text('event_attributes', 'load_time_ms') ~ " as double)",
                0, 2147483647
            ) }} as integer
        ) as load_time_ms,
        try_cast({{ json_text('event_attributes', 'push_enabled') }} as boolean) as push_enabled,

        -- timestamps
        event_timestamp,
        app_first_open_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from classified

)

select * from final
