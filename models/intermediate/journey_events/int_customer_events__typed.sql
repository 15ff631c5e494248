-- A view: what the seeds say of events is asked where it is needed.
with

events as (

    select
        delivered.*,
        {{ seconds_between('delivered.client_timestamp', 'delivered.server_timestamp') }}
            as client_to_server_seconds,
        {{ seconds_between('delivered.server_timestamp', 'arrivals.first_ingestion_timestamp') }}
            as server_to_ingestion_seconds,
        {{ seconds_between('delivered.event_timestamp', 'arrivals.first_ingestion_timestamp') }}
            as event_to_ingestion_seconds
    from {{ ref('int_customer_events__delivered') }} as delivered
    left join {{ ref('int_customer_events__arrivals') }} as arrivals
        on delivered.event_key = arrivals.event_key

),

event_types as (select * from {{ ref('event_types') }}),

channels as (select * from {{ ref('touchpoint_channels') }}),

final as (

    select
        events.event_key,
        events.visitor_key,
        events.visitor_id_type,
        events.source_customer_key,
        events.journey_key,
        events.campaign_key,
        events.product_key,
        events.account_key,
        events.transaction_key,
        events.event_id,
        events.source_session_id,
        events.source_system,
        events.customer_id,
        events.event_type,
        events.event_category,
        coalesce(event_types.event_category, events.event_category) as event_class,
        events.event_name,
        events.journey_stage,
        events.event_value,
        events.channel_code,
        events.page_url,
        events.page_path,
        events.page_title,
        events.page_type,
        events.utm_source,
        events.utm_medium,
        events.utm_campaign,
        events.user_agent_device,
        events.user_agent_browser,
        events.user_agent_os,
        events.country,
        events.region,
        events.city,
        events.event_timestamp,
        events.ingestion_timestamp,
        events.derived_in_batch,
        {{ surrogate_key(['events.event_type']) }} as event_type_key,
        coalesce(
            event_types.conversion_event_flag, events.event_category = 'conversion', false
        ) as is_conversion_event,
        coalesce(event_types.is_transaction, events.event_category = 'money', false)
            as is_transaction,
        coalesce(event_types.engagement_kind, 'active') as engagement_kind,
        coalesce(event_types.engagement_weight, cast(1 as decimal(5, 2))) as engagement_weight,
        coalesce(event_types.is_click, false) as is_click,
        -- a place (web, app, branch) is no channel of marketing
        case
            when channels.channel_name <> 'Unassigned'
                then {{ surrogate_key(['channels.channel_name']) }}
        end as own_channel_key,
        -- of the web and the app their own collectors tell as well
        case
            when events.page_url is null then null
            when coalesce(events.utm_source, events.utm_medium, events.utm_campaign) is not null
                then 'campaign'
            when events.referrer_host is null then 'direct'
            when events.referrer_host = events.page_host then 'internal'
            else 'external'
        end as referrer_type,
        -- nothing arrives before it is sent: then the client's clock is ahead, by that at least
        case
            when events.client_to_server_seconds >= 0
                then cast(round(events.client_to_server_seconds * 1000) as bigint)
        end as client_to_server_ms,
        case
            when events.client_to_server_seconds is not null
                then cast(round(greatest(-events.client_to_server_seconds, 0) * 1000) as bigint)
        end as clock_skew_ms,
        cast(round(events.server_to_ingestion_seconds * 1000) as bigint) as server_to_ingestion_ms,
        cast(round(events.event_to_ingestion_seconds * 1000) as bigint) as event_to_ingestion_ms,
        coalesce(events.event_to_ingestion_seconds > {{ var("late_event_seconds") }}, false)
            as is_late,
        events.visitor_id_type in ('device', 'session') as is_on_device,
        cast(
            (
                (case when events.visitor_id_type = 'none' then 0 else 1 end)
                + (case when events.event_type is null then 0 else 1 end)
                + (case when events.event_category is null then 0 else 1 end)
                + (case when events.channel_code is null then 0 else 1 end)
                + (case when events.client_timestamp is null then 0 else 1 end)
                + (case when events.server_timestamp is null then 0 else 1 end)
            ) * 100.0 / 6 as decimal(5, 2)
        ) as data_quality_score
    from events
    left join event_types on events.event_type = event_types.event_type_code
    left join channels on events.channel_code = channels.channel_code

)

select * from final
