{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {
            'session_key': {
                'int_web_sessions__aggregated': 'session_key',
                'int_web_sessions__attributed': 'session_key',
                'int_web_sessions__activity': 'session_key',
            },
        },
        'units': ['session_key', 'visitor_key'],
    },
) }}

with

sessions as (

    select * from {{ ref('int_web_sessions__aggregated') }}
    {% if is_incremental() %}
        where session_key in ({{ touched('session_key') }})
    {% endif %}

),

attributed as (select * from {{ ref('int_web_sessions__attributed') }}),

activity as (select * from {{ ref('int_web_sessions__activity') }}),

joined as (

    select
        sessions.*,
        attributed.visitor_session_number,
        attributed.customer_key,
        attributed.campaign_key,
        attributed.channel_key,
        attributed.click_id,
        attributed.entry_utm_campaign,
        attributed.external_referrer_host,
        attributed.raw_source_name,
        attributed.raw_medium_name,
        attributed.source_name,
        attributed.medium_name,
        attributed.channel_name,
        attributed.channel_family,
        attributed.is_paid_channel,
        attributed.last_non_direct_source_name,
        attributed.last_non_direct_medium_name,
        attributed.last_non_direct_channel_name,
        coalesce(activity.conversion_count, 0) as conversion_count,
        coalesce(activity.conversion_value, 0) as conversion_value,
        coalesce(activity.total_clicks, 0) as total_clicks,
        coalesce(activity.total_scrolls, 0) as total_scrolls,
        greatest(sessions.max_scroll_depth_pct, activity.max_scroll_depth_pct)
            as deepest_scroll_pct,
        floor({{ seconds_between(
            'sessions.session_start_timestamp', 'sessions.session_end_timestamp'
        ) }}) as duration_seconds
    from sessions
    inner join attributed on sessions.session_key = attributed.session_key
    left join activity on sessions.session_key = activity.session_key

),

final as (

    select

        -- keys
        session_key,
        'web-' || cast(session_key as string) as session_id,
        visitor_key,
        visitor_id_type,
        device_id,
        customer_key,
        campaign_key,
        device_key,
        channel_key,
        landing_page_key,

        -- when
        session_start_timestamp,
        session_end_timestamp,
        cast(session_start_timestamp as date) as session_date,
        cast(duration_seconds as integer) as session_duration_seconds,

        -- pages
        cast(total_pageviews as integer) as total_pageviews,
        cast(unique_pages_viewed as integer) as unique_pages_viewed,
        entry_page,
        exit_page,
        landing_page_category,

        -- where the visitor came from
        case
            when channel_name = 'Direct' then 'direct'
            when external_referrer_host is null then 'campaign'
            else 'external'
        end as referrer_type,
        external_referrer_host,
        click_id,
        entry_utm_campaign,
        raw_source_name,
        raw_medium_name,
        source_name,
        medium_name,
        channel_name,
        channel_family,
        is_paid_channel,
        last_non_direct_source_name,
        last_non_direct_medium_name,
        last_non_direct_channel_name,

        -- what came of it
        total_pageviews = 1 as bounce_flag,
        total_pageviews >= {{ var("engaged_session_pages") }}
        or duration_seconds >= {{ var("engaged_session_seconds") }}
        or conversion_count > 0 as engaged_flag,
        conversion_count > 0 as conversion_flag,
        cast(conversion_value as decimal(18, 2)) as conversion_value,
        cast(conversion_count as integer) as conversion_count,
        cast(total_clicks as integer) as total_clicks,
        cast(total_scrolls as integer) as total_scrolls,
        cast(deepest_scroll_pct as decimal(5, 2)) as max_scroll_depth_pct,
        cast(round(avg_time_on_page_seconds) as integer) as avg_time_on_page_seconds,
        cast(
            25 * least(total_pageviews / 5.0, 1)
            + 25 * least(duration_seconds / 180.0, 1)
            + 25 * coalesce(deepest_scroll_pct, 0) / 100.0
            + case when conversion_count > 0 then 25 else 0 end as decimal(5, 2)
        ) as engagement_score,

        -- who
        visitor_session_number = 1 as new_session_flag,
        visitor_session_number > 1 as returning_session_flag,
        authenticated_flag,
        cast(visitor_session_number as integer) as visitor_session_number,

        -- quality
        is_capped,
        is_bot,
        bot_rule,
        is_test,
        cast(data_quality_score as decimal(5, 2)) as data_quality_score,
        source_system,
        created_timestamp,
        {{ batch_number() }} as derived_in_batch

    from joined

)

select * from final
