{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {
            'session_key': {
                'silver_mobile_sessions': 'session_key',
                'silver_app_event_sessions': 'session_key',
            },
        },
    },
) }}

with

sessions as (

    select * from {{ ref('silver_mobile_sessions') }}
    {% if is_incremental() %}
        where session_key in ({{ touched('session_key') }})
    {% endif %}

),

platforms as (select * from {{ ref('dim_platform') }}),

-- Any event on a screen is use of it, a tap too. What a screen is for is read off its name, of
-- which screen_key is the hash: it never changes, so only the session's own events touch it.
feature_use as (

    select
        events.session_key,
        count(distinct events.screen_key) as feature_screen_count
    from {{ ref('silver_app_event_sessions') }} as events
    inner join {{ ref('dim_screen') }} as screens on events.screen_key = screens.screen_key
    where
        screens.is_feature_screen
        {% if is_incremental() %}
            and events.session_key in ({{ touched('session_key') }})
        {% endif %}
    group by events.session_key

),

final as (

    select

        -- keys
        sessions.session_key,
        {{ date_key('sessions.session_start_timestamp') }} as session_date_key,
        cast(
            hour(sessions.session_start_timestamp) * 100
            + minute(sessions.session_start_timestamp) as integer
        ) as session_time_key,
        sessions.visitor_key,
        sessions.customer_key,
        sessions.device_key,
        coalesce(platforms.platform_key, -1) as platform_key,
        {{ surrogate_key(['sessions.entry_screen']) }} as entry_screen_key,
        {{ surrogate_key(['sessions.exit_screen']) }} as exit_screen_key,

        -- attributes
        sessions.app_version,
        sessions.app_install_source,
        sessions.country,
        sessions.visitor_id_type <> 'none' as is_identified,
        sessions.new_session_flag as is_first_session,
        sessions.install_flag as is_install,
        sessions.push_enabled as is_push_enabled,
        sessions.crash_flag as is_crashed,
        sessions.conversion_flag as is_converted,

        -- measures
        sessions.session_duration_seconds,
        sessions.app_load_time_ms,
        sessions.total_events as event_count,
        sessions.total_screens_viewed as screen_view_count,
        cast(coalesce(feature_use.feature_screen_count, 0) as integer) as feature_screen_count,
        sessions.app_open_count,
        sessions.tap_count,
        sessions.purchase_count,
        sessions.crash_count,
        sessions.error_count,
        sessions.conversion_count,
        sessions.conversion_value,
        sessions.engagement_score,

        -- timestamps
        sessions.session_date,
        sessions.session_start_timestamp,
        sessions.session_end_timestamp

    from sessions
    left join platforms on sessions.platform = platforms.platform_name
    left join feature_use on sessions.session_key = feature_use.session_key

)

select * from final
