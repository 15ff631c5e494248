{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['pageview_key'],
    meta={'units': ['source_customer_key']},
) }}

with

deliveries as (

    {{ latest_delivery(
        ref('int_web_pageviews__delivered'),
        'pageview_id',
        ['pageview_timestamp', 'device_id', 'source_session_id', 'customer_id', 'page_url'],
    ) }}

),

user_agents as (select * from {{ ref('int_user_agents__classified') }}),

-- what the collector says of the device comes before what its user agent lets us guess
classified as (

    select
        deliveries.*,
        lower(coalesce(deliveries.device_type, user_agents.device_type)) as known_device_type,
        coalesce(deliveries.browser, user_agents.browser) as known_browser,
        coalesce(deliveries.os, user_agents.os) as known_os,
        coalesce(
            user_agents.bot_rule,
            case when networks.network is not null then 'data centre of ' || networks.owner end
        ) as bot_rule,
        coalesce(
            {{ text_matches('deliveries.page_host', "'" ~ var('test_host_pattern') ~ "'") }}, false
        ) or coalesce(
            {{ text_matches('deliveries.page_url', "'" ~ var('test_url_pattern') ~ "'") }}, false
        ) as is_test
    from deliveries
    left join user_agents on deliveries.user_agent = user_agents.user_agent
    left join {{ ref('data_centre_networks') }} as networks
        on deliveries.ip_network = networks.network

),

final as (

    select

        -- keys
        {{ surrogate_key(['pageview_id']) }} as pageview_key,
        {{ surrogate_key(['visitor_id_type', 'visitor_id']) }} as visitor_key,
        case
            when source_session_id is not null
                then {{ surrogate_key(['source_system', 'source_session_id']) }}
        end as source_session_key,
        case
            when customer_id is not null
                then {{ surrogate_key(['source_system', 'customer_id']) }}
        end as source_customer_key,
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

        -- measures, as the collector took them
        measured_time_on_page_seconds,
        scroll_depth_pct,
        page_load_time_ms,

        -- who should not be counted
        bot_rule is not null as is_bot,
        bot_rule,
        is_test,

        -- timestamps
        pageview_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from classified

)

select * from final
