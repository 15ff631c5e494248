-- A view: what the seeds say of events is asked where it is needed.
with

events as (select * from {{ ref('int_customer_events__delivered') }}),

event_types as (select * from {{ ref('event_types') }}),

channels as (select * from {{ ref('touchpoint_channels') }}),

final as (

    select
        events.*,
        {{ surrogate_key(['events.event_type']) }} as event_type_key,
        coalesce(
            event_types.conversion_event_flag, events.event_category = 'conversion', false
        ) as is_conversion_event,
        coalesce(event_types.engagement_kind, 'active') as engagement_kind,
        coalesce(event_types.engagement_weight, 1) as engagement_weight,
        coalesce(event_types.is_click, false) as is_click,
        -- a place (web, app, branch) is no channel of marketing
        case
            when channels.channel_name <> 'Unassigned'
                then {{ surrogate_key(['channels.channel_name']) }}
        end as own_channel_key,
        -- of the web and the app their own collectors tell as well
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
