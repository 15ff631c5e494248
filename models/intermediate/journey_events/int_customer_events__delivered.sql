{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['event_key'],
    meta={'units': ['source_customer_key', 'journey_key', 'visitor_key']},
) }}

with

deliveries as (

    {{ latest_delivery(
        ref('stg_journey_events__customer_events'),
        'event_id',
        [
            'event_timestamp', 'customer_id', 'device_id', 'session_id', 'event_type',
            'event_value', 'journey_id', 'page_url', 'client_timestamp', 'server_timestamp',
        ],
    ) }}

),

classified as (

    select
        deliveries.*,
        lower(deliveries.event_type) as event_type_code,
        lower(deliveries.channel) as channel_code,
        case
            when deliveries.customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'deliveries.customer_id'
                ]) }}
        end as source_customer_key,
        {{ page_host_of_url('deliveries.page_url') }} as page_host,
        {{ page_path_of_url('deliveries.page_url') }} as page_path,
        {{ page_host_of_url('deliveries.referrer_url') }} as referrer_host,
        user_agents.device_type as user_agent_device,
        user_agents.browser as user_agent_browser,
        user_agents.os as user_agent_os,
        user_agents.bot_rule is not null or networks.network is not null as is_bot
    from deliveries
    left join {{ ref('int_event_user_agents__classified') }} as user_agents
        on deliveries.user_agent = user_agents.user_agent
    left join {{ ref('data_centre_networks') }} as networks
        on
            nullif(
                regexp_extract(
                    deliveries.ip_address, '^[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}', 0
                ), ''
            ) = networks.network

),

-- the device before the customer: on the web and in the app it is the same visitor, whoever logs in
identified as (

    select
        *,
        case
            when device_id is not null then 'device'
            when customer_id is not null then 'customer'
            when session_id is not null then 'session'
            else 'none'
        end as visitor_id_type,
        coalesce(
            device_id, cast(source_customer_key as string), session_id, event_id
        ) as visitor_id
    from classified

),

final as (

    select

        -- keys
        {{ surrogate_key(['event_id']) }} as event_key,
        {{ surrogate_key(['visitor_id_type', 'visitor_id']) }} as visitor_key,
        source_customer_key,
        case when journey_id is not null then {{ surrogate_key(['journey_id']) }} end
            as journey_key,
        {{ surrogate_key(['lower(utm_campaign)']) }} as campaign_key,
        {{ surrogate_key(['product_id']) }} as product_key,
        case
            when account_id is not null
                then {{ surrogate_key(["'" ~ var('default_source_system') ~ "'", 'account_id']) }}
        end as account_key,
        case
            when transaction_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'transaction_id'
                ]) }}
        end as transaction_key,

        -- ids
        event_id,
        journey_id,
        session_id as source_session_id,
        '{{ var("default_source_system") }}' as source_system,
        visitor_id_type,
        customer_id,

        -- the event
        event_type_code as event_type,
        lower(event_category) as event_category,
        event_name,
        lower(journey_stage) as journey_stage,
        event_value,

        -- where
        channel_code,
        page_url,
        page_host,
        page_path,
        {{ json_text('event_properties', 'page_title') }} as page_title,
        lower({{ json_text('event_properties', 'page_type') }}) as page_type,
        referrer_host,
        utm_source,
        utm_medium,
        utm_campaign,
        user_agent_device,
        user_agent_browser,
        user_agent_os,
        {{ json_text('geolocation', 'country') }} as country,
        {{ json_text('geolocation', 'region') }} as region,
        {{ json_text('geolocation', 'city') }} as city,

        -- who should not be counted
        is_bot,
        coalesce(
            {{ text_matches('page_host', "'" ~ var('test_host_pattern') ~ "'") }}, false
        ) or coalesce(
            {{ text_matches('page_url', "'" ~ var('test_url_pattern') ~ "'") }}, false
        ) as is_test,

        -- timestamps
        event_timestamp,
        client_timestamp,
        server_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from identified

)

select * from final
