-- What a session of the web or the app brings into its session across channels. A view.
with

-- the first conversion of a web session names its kind
web_conversions as (

    select
        places.session_key,
        lower(conversions.conversion_type) as conversion_type
    from {{ ref('silver_web_event_sessions') }} as places
    inner join {{ ref('silver_conversions') }} as conversions
        on places.event_key = conversions.conversion_key
    where places.event_kind = 'conversion' and places.session_key is not null
    qualify row_number() over (
        partition by places.session_key
        order by conversions.conversion_timestamp, conversions.conversion_key
    ) = 1

),

web_sessions as (

    select
        'web_session' as part_kind,
        sessions.session_key as part_key,
        'web' as channel_code,
        sessions.channel_key as arrival_channel_key,
        sessions.campaign_key as arrival_campaign_key,
        sessions.device_key,
        sessions.total_pageviews as pageview_count,
        sessions.unique_pages_viewed as unique_page_count,
        0 as screen_count,
        0 as app_event_count,
        sessions.total_clicks as click_count,
        sessions.total_scrolls as scroll_count,
        sessions.max_scroll_depth_pct,
        sessions.conversion_count as told_conversion_count,
        sessions.conversion_value as told_conversion_value,
        web_conversions.conversion_type,
        sessions.entry_page,
        sessions.exit_page,
        sessions.landing_page_category,
        sessions.referrer_type,
        sessions.data_quality_score,
        sessions.created_timestamp
    from {{ ref('silver_web_sessions') }} as sessions
    left join web_conversions on sessions.session_key = web_conversions.session_key

),

app_sessions as (

    select
        'app_session' as part_kind,
        session_key as part_key,
        'app' as channel_code,
        cast(null as bigint) as arrival_channel_key,
        cast(null as bigint) as arrival_campaign_key,
        device_key,
        0 as pageview_count,
        0 as unique_page_count,
        total_screens_viewed as screen_count,
        total_events as app_event_count,
        tap_count as click_count,
        0 as scroll_count,
        cast(null as decimal(5, 2)) as max_scroll_depth_pct,
        conversion_count as told_conversion_count,
        conversion_value as told_conversion_value,
        cast(null as string) as conversion_type,
        cast(null as string) as entry_page,
        cast(null as string) as exit_page,
        cast(null as string) as landing_page_category,
        cast(null as string) as referrer_type,
        data_quality_score,
        created_timestamp
    from {{ ref('silver_mobile_sessions') }}

),

final as (

    select * from web_sessions
    union all
    select * from app_sessions

)

select * from final
