with

events as (

    {{ latest_delivery(
        ref('stg_digital_analytics__mobile_app_events'),
        'event_id',
        ['event_timestamp', 'device_id', 'app_session_id', 'customer_id', 'event_type'],
    ) }}

),

-- an event that says nothing of its device or login has those of its app session, if it has but one
app_sessions as (

    select
        source_system,
        app_session_id,
        case when min(device_id) = max(device_id) then min(device_id) end as only_device_id,
        case when min(user_id) = max(user_id) then min(user_id) end as only_user_id
    from events
    where app_session_id is not null
    group by source_system, app_session_id

),

named as (

    select
        events.*,
        lower(events.event_type) as event_kind,
        lower(events.platform) as platform_name,
        coalesce(events.device_id, app_sessions.only_device_id) as known_device_id,
        coalesce(events.user_id, app_sessions.only_user_id) as known_user_id
    from events
    left join app_sessions
        on
            events.source_system = app_sessions.source_system
            and events.app_session_id = app_sessions.app_session_id

),

final as (

    select

        -- ids
        event_id,
        app_session_id,
        known_device_id as device_id,
        user_id,
        customer_id,
        source_system,
        case
            when known_device_id is not null then 'device'
            when known_user_id is not null then 'user'
            when app_session_id is not null then 'session'
            else 'none'
        end as visitor_id_type,
        coalesce(known_device_id, known_user_id, app_session_id, event_id) as visitor_id,

        -- the event
        event_type,
        event_name,
        screen_name,
        screen_class,
        event_value,
        event_kind in ('screen_view', 'screenview', 'screen') as is_screen_view,
        coalesce(crash_flag, false) or event_kind in ('app_crash', 'crash') as is_crash,
        event_kind in ('error', 'app_error', 'exception', 'app_exception') as is_error,
        event_kind in ('button_tap', 'tap', 'click') as is_tap,
        event_kind in ('app_open', 'first_open', 'push_opened') as is_opening,
        event_kind = 'first_open' as is_first_open,
        event_kind in ('purchase', 'in_app_purchase') as is_purchase,

        -- app and device
        app_version,
        app_install_source,
        platform_name,
        device_manufacturer,
        device_model,
        os_version,
        case
            when
                platform_name = 'ipados'
                or {{ text_matches('lower(device_model)', "'(ipad|tablet|[ _-]tab([ _-]|$))'") }}
                then 'tablet'
            when platform_name in ('tvos', 'android_tv') then 'tv'
            when platform_name in ('watchos', 'wear_os') then 'watch'
            when platform_name in ('ios', 'android', 'app') then 'mobile'
            when platform_name in ('windows', 'macos') then 'desktop'
        end as device_type,
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
        ingestion_timestamp

    from named

)

select * from final
