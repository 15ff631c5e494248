with

pageviews as (

    select * from {{ ref('silver_web_pageviews') }}

),

assigned as (

    select * from {{ ref('silver_web_pageview_sessions') }}

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

pages as (

    select
        page_key,
        page_section,
        is_content_page
    from {{ ref('dim_page') }}

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
        pages.is_content_page,
        lag(pages.page_section) over (
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
    left join pages on pageviews.page_key = pages.page_key

)

select * from final
