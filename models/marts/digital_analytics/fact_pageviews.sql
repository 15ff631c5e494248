{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['pageview_key'],
    meta={
        'touched_by': {
            'session_key': {
                'silver_web_pageview_sessions': 'session_key',
                'silver_web_sessions': 'session_key',
            },
            'pageview_key': {'silver_web_pageview_sessions': 'pageview_key'},
        },
    },
) }}

with

assigned as (

    select * from {{ ref('silver_web_pageview_sessions') }}
    {% if is_incremental() %}
        where session_key in ({{ touched('session_key') }})
    {% endif %}

),

-- what the page was when it was seen, by the rules of dim_page
pageviews as (

    select
        *,
        coalesce(
            lower(page_type) in ('article', 'blog', 'guide', 'news')
            or {{ text_matches('lower(page_path)', "'/(articles?|blog|guides?|learn|news)/'") }},
            false
        ) as is_content_page,
        case
            when page_key = -1 then '(unknown)'
            else coalesce(nullif(regexp_extract(page_path, '^/([^/]+)', 1), ''), '(root)')
        end as page_section
    from {{ ref('silver_web_pageviews') }}

),

sessions as (

    select
        session_key,
        customer_key,
        channel_key,
        campaign_key,
        channel_name,
        bounce_flag
    from {{ ref('silver_web_sessions') }}
    where {{ var("include_bots") }} or not (is_bot or is_test)

),

final as (

    select

        -- keys
        pageviews.pageview_key,
        {{ date_key('pageviews.pageview_timestamp') }} as pageview_date_key,
        cast(
            hour(pageviews.pageview_timestamp) * 100 + minute(pageviews.pageview_timestamp)
            as integer
        ) as pageview_time_key,
        assigned.session_key,
        pageviews.visitor_key,
        sessions.customer_key,
        pageviews.page_key,
        pageviews.device_key,
        sessions.channel_key,
        sessions.campaign_key,

        -- attributes
        pageviews.country,
        pageviews.visitor_id_type <> 'none' as is_identified,
        coalesce(sessions.channel_name = 'Organic Search', false) as is_organic_search,
        pageviews.is_content_page,
        lag(pageviews.page_section) over (
            partition by assigned.session_key order by assigned.page_sequence_number
        ) as previous_page_section,

        -- measures
        assigned.page_sequence_number,
        assigned.time_on_page_seconds,
        pageviews.scroll_depth_pct,
        pageviews.page_load_time_ms,
        assigned.is_entry_page as entry_page_flag,
        assigned.is_exit_page as exit_page_flag,
        sessions.bounce_flag,
        1 as pageview_count,

        -- timestamps
        pageviews.pageview_timestamp

    from pageviews
    inner join assigned on pageviews.pageview_key = assigned.pageview_key
    inner join sessions on assigned.session_key = sessions.session_key

)

select * from final
