with

pageviews as (

    select * from {{ ref('silver_web_pageviews') }}

),

sessions as (

    select
        session_key,
        customer_key,
        channel_key,
        campaign_key,
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
        pageviews.session_key,
        pageviews.visitor_key,
        sessions.customer_key,
        pageviews.page_key,
        pageviews.device_key,
        sessions.channel_key,
        sessions.campaign_key,

        -- attributes
        pageviews.country,
        pageviews.visitor_id_type <> 'none' as is_identified,

        -- measures
        pageviews.page_sequence_number,
        pageviews.time_on_page_seconds,
        pageviews.scroll_depth_pct,
        pageviews.page_load_time_ms,
        pageviews.is_entry_page as entry_page_flag,
        pageviews.is_exit_page as exit_page_flag,
        sessions.bounce_flag,
        1 as pageview_count,

        -- timestamps
        pageviews.pageview_timestamp

    from pageviews
    inner join sessions on pageviews.session_key = sessions.session_key

)

select * from final
