-- what touchpoints, events and measurements say of journeys is all in the journeys, once
{{ config(group='journey_events') }}

with

told as (

    select
        journey_key,
        case when is_touch then 1 else 0 end as touchpoints,
        case when is_touch or activity_kind = 'event' then 0 else 1 end as unreached_touchpoints,
        case when activity_kind = 'event' then 1 else 0 end as events,
        cost
    from {{ ref('int_journeys__activity') }}
    union all
    select
        journey_key,
        0 as touchpoints,
        0 as unreached_touchpoints,
        0 as events,
        null as cost
    from {{ ref('silver_journey_measurements') }}
    where journey_key is not null
    union all
    select
        journey_key,
        0 as touchpoints,
        0 as unreached_touchpoints,
        0 as events,
        null as cost
    from {{ ref('silver_journey_assertions') }}

),

summed as (

    select
        journey_key,
        sum(touchpoints) as touchpoints,
        sum(unreached_touchpoints) as unreached_touchpoints,
        sum(events) as events,
        sum(cost) as cost
    from told
    group by journey_key

)

select
    coalesce(summed.journey_key, journeys.journey_key) as journey_key,
    summed.touchpoints,
    journeys.total_touchpoints,
    summed.events,
    journeys.total_events,
    summed.cost,
    journeys.touchpoint_cost
from summed
full outer join {{ ref('silver_customer_journeys') }} as journeys
    on summed.journey_key = journeys.journey_key
where
    summed.touchpoints is distinct from journeys.total_touchpoints
    or summed.unreached_touchpoints is distinct from journeys.unreached_touchpoints
    or summed.events is distinct from journeys.total_events
    or summed.cost is distinct from journeys.touchpoint_cost
