{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {
            'session_key': {
                'int_sessions__aggregated': 'session_key',
                'int_sessions__numbered': 'session_key',
                'int_sessions__pages': 'session_key',
            },
        },
        'units': ['session_key'],
    },
) }}

with

sessions as (

    select
        *,
        floor({{ seconds_between('session_start_timestamp', 'session_end_timestamp') }})
            as duration_seconds,
        -- what several tables tell of counts once: the collectors' pages and the stream's events on
        -- a device, clicks on touches and the stream's clicks; so do conversions
        greatest(pageview_count + app_event_count, device_event_count)
        + greatest(touch_click_count, click_event_count)
        + other_event_count as interaction_count,
        case when told_conversion_count > 0 then told_conversion_count else event_conversion_count
        end as conversion_count,
        case when told_conversion_count > 0 then told_conversion_value else event_conversion_value
        end as conversion_value
    from {{ ref('int_sessions__aggregated') }}
    {% if is_incremental() %}
        where session_key in ({{ touched('session_key') }})
    {% endif %}

),

final as (

    select

        -- keys
        sessions.session_key,
        'session-' || cast(sessions.session_key as string) as session_id,
        sessions.visitor_key,
        sessions.visitor_id_type,
        sessions.customer_key,
        coalesce(sessions.channel_key, {{ surrogate_key(["'Unassigned'"]) }}) as channel_key,
        coalesce(sessions.campaign_key, -1) as campaign_key,
        coalesce(sessions.device_key, -1) as device_key,
        sessions.journey_key,

        -- when
        sessions.session_start_timestamp,
        sessions.session_end_timestamp,
        cast(sessions.session_start_timestamp as date) as session_date,
        cast(sessions.duration_seconds as integer) as session_duration_seconds,
        cast(sessions.duration_seconds / 60.0 as decimal(10, 2)) as session_duration_minutes,

        -- pages
        sessions.entry_page,
        sessions.exit_page,
        sessions.landing_page_category,
        sessions.referrer_type,
        cast(sessions.pageview_count as integer) as total_pageviews,
        cast(coalesce(pages.unique_page_count, sessions.unique_page_count) as integer)
            as unique_pages_viewed,

        -- what it is made of
        cast(sessions.sitting_count as integer) as sitting_count,
        cast(sessions.web_session_count as integer) as web_session_count,
        cast(sessions.app_session_count as integer) as app_session_count,
        cast(sessions.channel_count as integer) as channel_count,
        cast(sessions.event_count as integer) as total_events,
        cast(sessions.screen_count as integer) as total_screens_viewed,
        cast(sessions.touch_click_count as integer) as total_touch_clicks,
        cast(sessions.interaction_count as integer) as interaction_count,

        -- what came of it
        cast(sessions.click_count as integer) as total_clicks,
        cast(sessions.scroll_count as integer) as total_scrolls,
        cast(sessions.max_scroll_depth_pct as decimal(5, 2)) as max_scroll_depth_pct,
        sessions.conversion_count > 0 as conversion_flag,
        cast(sessions.conversion_count as integer) as conversion_count,
        cast(sessions.conversion_value as decimal(18, 2)) as conversion_value,
        case when sessions.conversion_count > 0 then sessions.conversion_type end
            as conversion_type,
        sessions.interaction_count = 1 and sessions.conversion_count = 0 as bounce_flag,
        sessions.interaction_count > 0 and (
            sessions.interaction_count >= {{ var("engaged_session_pages") }}
            or sessions.duration_seconds >= {{ var("engaged_session_seconds") }}
            or sessions.conversion_count > 0
        ) as engaged_session_flag,
        cast(
            25 * least(sessions.interaction_count / 5.0, 1)
            + 25 * least(sessions.duration_seconds / 180.0, 1)
            + 25 * least(sessions.engagement_weight / 10.0, 1)
            + case when sessions.conversion_count > 0 then 25 else 0 end as decimal(5, 2)
        ) as engagement_score,

        -- who
        cast(numbered.journey_session_number as integer) as session_sequence_in_journey,
        cast(numbered.person_session_number as integer) as person_session_number,
        sessions.is_authenticated as authenticated_flag,
        numbered.person_session_number = 1 and not numbered.is_background as new_session_flag,
        numbered.person_session_number > 1 and not numbered.is_background
            as returning_session_flag,

        -- quality
        numbered.is_background,
        sessions.is_capped,
        sessions.is_bot,
        sessions.is_test,
        cast(sessions.data_quality_score as decimal(5, 2)) as data_quality_score,
        sessions.created_timestamp,
        '{{ var("default_source_system") }}' as source_system,
        {{ batch_number() }} as derived_in_batch

    from sessions
    inner join {{ ref('int_sessions__numbered') }} as numbered
        on sessions.session_key = numbered.session_key
    left join {{ ref('int_sessions__pages') }} as pages
        on sessions.session_key = pages.session_key

)

select * from final
