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
        'units': ['session_key', 'visitor_key', 'source_customer_key'],
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

measured as (

    select
        sessions.*,
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
    left join activity on sessions.session_key = activity.session_key

),

final as (

    select

        -- keys
        measured.session_key,
        'web-' || cast(measured.session_key as string) as session_id,
        measured.visitor_key,
        measured.visitor_id_type,
        measured.device_id,
        attributed.customer_key,
        measured.source_customer_key,
        attributed.campaign_key,
        measured.device_key,
        attributed.channel_key,
        measured.landing_page_key,

        -- when
        measured.session_start_timestamp,
        measured.session_end_timestamp,
        cast(measured.session_start_timestamp as date) as session_date,
        cast(measured.duration_seconds as integer) as session_duration_seconds,

        -- pages
        cast(measured.total_pageviews as integer) as total_pageviews,
        cast(measured.unique_pages_viewed as integer) as unique_pages_viewed,
        measured.entry_page,
        measured.exit_page,
        measured.landing_page_category,

        -- where the visitor came from
        case
            when attributed.channel_name = 'Direct' then 'direct'
            when attributed.external_referrer_host is null then 'campaign'
            else 'external'
        end as referrer_type,
        attributed.external_referrer_host,
        attributed.click_id,
        attributed.entry_utm_campaign,
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

        -- what came of it
        measured.total_pageviews = 1 as bounce_flag,
        measured.total_pageviews >= {{ var("engaged_session_pages") }}
        or measured.duration_seconds >= {{ var("engaged_session_seconds") }}
        or measured.conversion_count > 0 as engaged_flag,
        measured.conversion_count > 0 as conversion_flag,
        cast(measured.conversion_value as decimal(18, 2)) as conversion_value,
        cast(measured.conversion_count as integer) as conversion_count,
        cast(measured.total_clicks as integer) as total_clicks,
        cast(measured.total_scrolls as integer) as total_scrolls,
        cast(measured.deepest_scroll_pct as decimal(5, 2)) as max_scroll_depth_pct,
        cast(round(measured.avg_time_on_page_seconds) as integer) as avg_time_on_page_seconds,
        cast(
            25 * least(measured.total_pageviews / 5.0, 1)
            + 25 * least(measured.duration_seconds / 180.0, 1)
            + 25 * coalesce(measured.deepest_scroll_pct, 0) / 100.0
            + case when measured.conversion_count > 0 then 25 else 0 end as decimal(5, 2)
        ) as engagement_score,

        -- who
        attributed.visitor_session_number = 1 as new_session_flag,
        attributed.visitor_session_number > 1 as returning_session_flag,
        measured.authenticated_flag,
        cast(attributed.visitor_session_number as integer) as visitor_session_number,

        -- quality
        measured.is_capped,
        measured.is_bot,
        measured.bot_rule,
        measured.is_test,
        cast(measured.data_quality_score as decimal(5, 2)) as data_quality_score,
        measured.source_system,
        measured.created_timestamp,
        {{ batch_number() }} as derived_in_batch

    from measured
    inner join attributed on measured.session_key = attributed.session_key

)

select * from final
