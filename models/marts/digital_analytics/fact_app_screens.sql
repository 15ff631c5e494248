{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['screen_view_key'],
    meta={
        'touched_by': {
            'session_key': {
                'silver_app_event_sessions': 'session_key',
                'silver_mobile_sessions': 'session_key',
            },
        },
    },
) }}

with

places as (

    select * from {{ ref('silver_app_event_sessions') }}
    where
        screen_sequence_number is not null
        {% if is_incremental() %}
            and session_key in ({{ touched('session_key') }})
        {% endif %}

),

screen_views as (select * from {{ ref('silver_app_events') }}),

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
        places.session_key,
        places.visitor_key,
        sessions.customer_key,
        screen_views.screen_key,
        screen_views.device_key,
        coalesce(platforms.platform_key, -1) as platform_key,

        -- attributes
        screen_views.app_version,
        places.visitor_id_type <> 'none' as is_identified,

        -- measures
        places.screen_sequence_number,
        places.time_on_screen_seconds,
        1 as screen_view_count,

        -- timestamps
        screen_views.event_timestamp as screen_view_timestamp

    from places
    inner join screen_views on places.app_event_key = screen_views.app_event_key
    inner join sessions on places.session_key = sessions.session_key
    left join platforms on screen_views.platform = platforms.platform_name

)

select * from final
