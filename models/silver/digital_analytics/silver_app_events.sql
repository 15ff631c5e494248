with

events as (select * from {{ ref('int_app_events__deduplicated') }}),

sessions as (select * from {{ ref('int_app_events__sessionized') }}),

screen_views as (select * from {{ ref('int_app_events__screen_views') }}),

platforms as (select * from {{ ref('platforms') }}),

joined as (

    select
        events.*,
        sessions.session_key,
        sessions.visitor_key,
        sessions.session_start_timestamp,
        sessions.event_sequence_number,
        sessions.is_app_open,
        sessions.is_capped_session,
        screen_views.screen_sequence_number,
        screen_views.time_on_screen_seconds,
        coalesce(platforms.platform_label, events.platform_name) as os,
        cast(null as string) as no_browser
    from events
    inner join sessions on events.event_id = sessions.event_id
    left join screen_views on events.event_id = screen_views.event_id
    left join platforms on events.platform_name = platforms.platform_name

),

final as (

    select

        -- keys
        {{ surrogate_key(['event_id']) }} as app_event_key,
        session_key,
        visitor_key,
        {{ surrogate_key(['screen_name']) }} as screen_key,
        {{ surrogate_key([
            'device_type', 'device_manufacturer', 'device_model', 'no_browser',
            'no_browser', 'os', 'os_version',
        ]) }} as device_key,

        -- ids
        event_id,
        app_session_id,
        source_system,
        visitor_id_type,
        device_id,
        user_id,
        customer_id,

        -- the event
        event_type,
        event_name,
        screen_name,
        screen_class,
        event_value,
        is_app_open,
        coalesce(is_opening, false) as is_opening,
        coalesce(is_first_open, false) as is_first_open,
        coalesce(is_screen_view, false) as is_screen_view,
        coalesce(is_tap, false) as is_tap,
        coalesce(is_purchase, false) as is_purchase,
        coalesce(is_crash, false) as is_crash,
        coalesce(is_error, false) and not coalesce(is_crash, false) as is_error,

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

        -- place in the session
        event_sequence_number,
        screen_sequence_number,
        is_capped_session,

        -- measures
        time_on_screen_seconds,
        load_time_ms,
        push_enabled,

        -- timestamps
        session_start_timestamp,
        event_timestamp,
        app_first_open_timestamp,
        ingestion_timestamp

    from joined

)

select * from final
