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

    select * from {{ ref('int_customer_events__delivered') }}
    {% if is_incremental() %}
        where event_key in ({{ touched('activity_key') }})
    {% endif %}

),

final as (

    select
        'touchpoint' as activity_kind,
        touchpoint_key as activity_key,
        journey_key,
        journey_instance_id,
        source_customer_key,
        null as session_key,
        touchpoint_id as activity_id,
        channel_code,
        campaign_key,
        null as stage_code,
        is_touch,
        is_converted as is_conversion,
        cost,
        conversion_value,
        touchpoint_timestamp as activity_timestamp,
        case when is_converted then conversion_timestamp end as conversion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from touches
    where journey_key is not null
    union all
    select
        'event' as activity_kind,
        event_key as activity_key,
        journey_key,
        journey_id as journey_instance_id,
        source_customer_key,
        session_key,
        event_id as activity_id,
        channel_code,
        -1 as campaign_key,
        {{ stage_code('journey_stage') }} as stage_code,
        false as is_touch,
        lower(event_category) = 'conversion' or lower(event_type) = 'conversion' as is_conversion,
        null as cost,
        event_value as conversion_value,
        event_timestamp as activity_timestamp,
        case
            when lower(event_category) = 'conversion' or lower(event_type) = 'conversion'
                then event_timestamp
        end as conversion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from events
    where journey_key is not null

)

select * from final
