{# one place for what the domain's events and touchpoints say of journeys #}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['activity_kind', 'activity_key'],
    meta={
        'touched_by': {
            'activity_key': {
                'int_touchpoints__responded': 'touchpoint_key',
                'int_customer_events__delivered': 'event_key',
                'silver_customer_events': 'event_key',
                'int_touchpoints__sessions': 'touchpoint_key',
            },
        },
        'units': ['journey_key'],
    },
) }}

with

touches as (

    select * from {{ ref('int_touchpoints__responded') }}
    {% if is_incremental() %}
        where touchpoint_key in ({{ touched('activity_key') }})
    {% endif %}

),

events as (

    select
        delivered.*,
        placed.session_key,
        placed.conversion_event_flag
    from {{ ref('int_customer_events__delivered') }} as delivered
    inner join {{ ref('silver_customer_events') }} as placed
        on delivered.event_key = placed.event_key
    {% if is_incremental() %}
        where delivered.event_key in ({{ touched('activity_key') }})
    {% endif %}

),

sessions as (select * from {{ ref('int_touchpoints__sessions') }}),

final as (

    select
        'touchpoint' as activity_kind,
        touches.touchpoint_key as activity_key,
        touches.journey_key,
        touches.journey_instance_id,
        touches.source_customer_key,
        sessions.session_key,
        touches.touchpoint_id as activity_id,
        touches.channel_code,
        touches.campaign_key,
        null as stage_code,
        touches.is_touch,
        touches.is_converted as is_conversion,
        touches.cost,
        touches.conversion_value,
        touches.touchpoint_timestamp as activity_timestamp,
        case when touches.is_converted then touches.conversion_timestamp end
            as conversion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from touches
    left join sessions on touches.touchpoint_key = sessions.touchpoint_key
    where touches.journey_key is not null
    union all
    select
        'event' as activity_kind,
        events.event_key as activity_key,
        events.journey_key,
        events.journey_id as journey_instance_id,
        events.source_customer_key,
        events.session_key,
        events.event_id as activity_id,
        events.channel_code,
        -1 as campaign_key,
        {{ stage_code('events.journey_stage') }} as stage_code,
        false as is_touch,
        events.conversion_event_flag as is_conversion,
        null as cost,
        events.event_value as conversion_value,
        events.event_timestamp as activity_timestamp,
        case when events.conversion_event_flag then events.event_timestamp end
            as conversion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from events
    where events.journey_key is not null

)

select * from final
