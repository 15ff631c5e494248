with

pageviews as (

    select * from {{ ref('stg_digital_analytics__web_pageviews') }}

),

urls_split as (

    select
        *,
        {{ page_host_of_url('page_url') }} as page_host,
        {{ page_path_of_url('page_url') }} as path_of_url,
        {{ page_host_of_url('referrer_url') }} as referrer_host_of_url
    from pageviews

),

final as (

    select

        -- ids
        pageview_id,
        session_id as source_session_id,
        device_id,
        user_id,
        customer_id,
        source_system,
        case
            when device_id is not null then 'device'
            when user_id is not null then 'user'
            when session_id is not null then 'session'
            else 'none'
        end as visitor_id_type,
        coalesce(device_id, user_id, session_id, pageview_id) as visitor_id,

        -- page: without query and fragment, a page is one page; an address in a path is nobody's
        -- business
        page_url,
        page_host,
        regexp_replace(
            coalesce(nullif(regexp_extract(page_path, '^[^?#]*', 0), ''), path_of_url),
            '[^/]*(@|%40)[^/]*', ':address'
        ) as page_path,
        page_title,
        page_category,
        page_type,

        -- where the visitor came from
        referrer_url,
        coalesce(referrer_host_of_url, referrer_domain) as referrer_host,
        utm_source,
        utm_medium,
        utm_campaign,

        -- device
        user_agent,
        nullif(regexp_extract(ip_address, '^[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}', 0), '')
            as ip_network,
        device_type,
        device_brand,
        device_model,
        browser,
        browser_version,
        os,
        os_version,
        country,

        -- as the collector measured
        time_on_page_seconds as measured_time_on_page_seconds,
        scroll_depth_pct,
        page_load_time_ms,

        -- timestamps
        pageview_timestamp,
        ingestion_timestamp,

        -- quality
        rejection_reason

    from urls_split

)

select * from final
