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
                'silver_session_parts': 'part_key',
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
        *,
        coalesce(event_category = 'conversion' or event_type = 'conversion', false)
            as is_conversion
    from {{ ref('int_customer_events__delivered') }}
    {% if is_incremental() %}
        where event_key in ({{ touched('activity_key') }})
    {% endif %}

),

parts as (select * from {{ ref('silver_session_parts') }}),

final as (

    select
        'touchpoint' as activity_kind,
        touches.touchpoint_key as activity_key,
        touches.journey_key,
        touches.journey_instance_id,
        touches.source_customer_key,
        parts.session_key,
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
    left join parts
        on parts.part_kind = 'touch_click' and touches.touchpoint_key = parts.part_key
    where touches.journey_key is not null
    union all
    select
        'event' as activity_kind,
        events.event_key as activity_key,
        events.journey_key,
        events.journey_id as journey_instance_id,
        events.source_customer_key,
        parts.session_key,
        events.event_id as activity_id,
        events.channel_code,
        -1 as campaign_key,
        {{ stage_code('events.journey_stage') }} as stage_code,
        false as is_touch,
        events.is_conversion,
        null as cost,
        events.event_value as conversion_value,
        events.event_timestamp as activity_timestamp,
        case when events.is_conversion then events.event_timestamp end as conversion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from events
    left join parts
        on parts.part_kind = 'customer_event' and events.event_key = parts.part_key
    where events.journey_key is not null

)

select * from final
