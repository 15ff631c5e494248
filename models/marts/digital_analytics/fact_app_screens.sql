with

screen_views as (

    select * from {{ ref('silver_app_events') }}
    where is_screen_view

),

sessions as (

    select
        session_key,
        customer_key
    from {{ ref('silver_mobile_sessions') }}

),

platforms as (select * from {{ ref('dim_platform') }}),

final as (

    select

        -- keys
        screen_views.app_event_key as screen_view_key,
        {{ date_key('screen_views.event_timestamp') }} as screen_view_date_key,
        cast(
            hour(screen_views.event_timestamp) * 100 + minute(screen_views.event_timestamp)
            as integer
        ) as screen_view_time_key,
        screen_views.session_key,
        screen_views.visitor_key,
        sessions.customer_key,
        screen_views.screen_key,
        screen_views.device_key,
        coalesce(platforms.platform_key, -1) as platform_key,

        -- attributes
        screen_views.app_version,
        screen_views.visitor_id_type <> 'none' as is_identified,

        -- measures
        screen_views.screen_sequence_number,
        screen_views.time_on_screen_seconds,
        1 as screen_view_count,

        -- timestamps
        screen_views.event_timestamp as screen_view_timestamp

    from screen_views
    inner join sessions on screen_views.session_key = sessions.session_key
    left join platforms on screen_views.platform = platforms.platform_name

)

select * from final
