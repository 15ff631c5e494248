{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={'touched_by': {'session_key': {'silver_sessions': 'session_key'}}},
) }}

with

sessions as (

    select * from {{ ref('silver_sessions') }}
    where
        ({{ var("include_bots") }} or not (is_bot or is_test))
        {% if is_incremental() %}
            and session_key in ({{ touched('session_key') }})
        {% endif %}

),

final as (

    select

        -- keys
        session_key,
        {{ date_key('session_start_timestamp') }} as session_date_key,
        cast(hour(session_start_timestamp) * 100 as integer) as session_hour_key,
        visitor_key,
        customer_key,
        journey_key,
        channel_key,
        device_key,
        campaign_key,

        -- attributes
        visitor_id_type <> 'none' as is_identified,
        is_background,
        -- what metrics count: somebody did something, and we know that it was one and the same
        visitor_id_type <> 'none' and not is_background as is_counted,
        authenticated_flag as is_authenticated,
        web_session_count > 0 as has_web_session,
        app_session_count > 0 as has_app_session,
        channel_count > 1 as is_cross_channel,
        sitting_count > 1 as is_cross_device,
        conversion_type,
        referrer_type,

        -- measures
        session_duration_seconds,
        total_events,
        total_pageviews,
        unique_pages_viewed as unique_pages,
        total_screens_viewed as total_screens,
        total_touch_clicks,
        total_clicks,
        interaction_count,
        channel_count,
        sitting_count,
        max_scroll_depth_pct,
        conversion_flag,
        conversion_count,
        conversion_value,
        bounce_flag,
        engaged_session_flag,
        engagement_score,
        new_session_flag,
        1 as session_count,

        -- timestamps
        session_start_timestamp,
        session_end_timestamp

    from sessions

)

select * from final
