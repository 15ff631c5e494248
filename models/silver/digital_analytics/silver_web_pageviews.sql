with

pageviews as (select * from {{ ref('int_web_pageviews__deduplicated') }}),

sessions as (select * from {{ ref('int_web_pageviews__sessionized') }}),

user_agents as (select * from {{ ref('int_user_agents__classified') }}),

-- what the collector says of the device comes before what its user agent lets us guess
joined as (

    select
        pageviews.*,
        sessions.session_key,
        sessions.visitor_key,
        sessions.session_start_timestamp,
        sessions.page_sequence_number,
        sessions.is_entry_page,
        sessions.is_exit_page,
        sessions.is_capped_session,
        sessions.time_on_page_seconds,
        lower(coalesce(pageviews.device_type, user_agents.device_type)) as known_device_type,
        coalesce(pageviews.browser, user_agents.browser) as known_browser,
        coalesce(pageviews.os, user_agents.os) as known_os,
        user_agents.bot_rule,
        coalesce(
            {{ text_matches('pageviews.page_host', "'" ~ var('test_host_pattern') ~ "'") }}, false
        ) as is_test
    from pageviews
    inner join sessions on pageviews.pageview_id = sessions.pageview_id
    left join user_agents on pageviews.user_agent = user_agents.user_agent

),

final as (

    select

        -- keys
        {{ surrogate_key(['pageview_id']) }} as pageview_key,
        session_key,
        visitor_key,
        {{ surrogate_key(['page_host', 'page_path']) }} as page_key,
        {{ surrogate_key([
            'known_device_type', 'device_brand', 'device_model', 'known_browser',
            'browser_version', 'known_os', 'os_version',
        ]) }} as device_key,

        -- ids
        pageview_id,
        source_session_id,
        source_system,
        visitor_id_type,
        device_id,
        user_id,
        customer_id,

        -- page
        page_url,
        page_host,
        page_path,
        page_title,
        page_category,
        page_type,

        -- where the visitor came from
        referrer_url,
        referrer_host,
        utm_source,
        utm_medium,
        utm_campaign,

        -- device and place
        known_device_type as device_type,
        device_brand,
        device_model,
        known_browser as browser,
        browser_version,
        known_os as os,
        os_version,
        country,

        -- place in the session
        page_sequence_number,
        is_entry_page,
        is_exit_page,
        is_capped_session,

        -- measures
        time_on_page_seconds,
        scroll_depth_pct,
        page_load_time_ms,

        -- who should not be counted
        bot_rule is not null as is_bot,
        bot_rule,
        is_test,

        -- timestamps
        session_start_timestamp,
        pageview_timestamp,
        ingestion_timestamp

    from joined

)

select * from final
