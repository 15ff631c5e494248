{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['journey_key'],
    meta={
        'touched_by': {
            'journey_key': {
                'int_journeys__activity': 'journey_key',
                'silver_journey_measurements': 'journey_key',
            },
        },
        'units': ['journey_key'],
    },
) }}

with

activity as (

    select * from {{ ref('int_journeys__activity') }}
    {% if is_incremental() %}
        where journey_key in ({{ touched('journey_key') }})
    {% endif %}

),

measurements as (

    select * from {{ ref('silver_journey_measurements') }}
    where
        journey_key is not null
        {% if is_incremental() %}
            and journey_key in ({{ touched('journey_key') }})
        {% endif %}

),

-- activity and measurements side by side
said as (

    select
        journey_key,
        journey_instance_id,
        null as journey_definition_id,
        source_customer_key,
        activity_timestamp as said_at,
        activity_kind,
        session_key,
        is_touch,
        cost,
        case when is_conversion then conversion_value end as conversion_value,
        case
            when is_conversion then coalesce(conversion_timestamp, activity_timestamp)
        end as converted_at,
        null as abandoned_at
    from activity
    union all
    select
        journey_key,
        journey_instance_id,
        journey_definition_id,
        source_customer_key,
        measurement_timestamp as said_at,
        'measurement' as activity_kind,
        null as session_key,
        false as is_touch,
        null as cost,
        null as conversion_value,
        case when told_outcome = 'converted' then measurement_timestamp end as converted_at,
        case when told_outcome = 'abandoned' then measurement_timestamp end as abandoned_at
    from measurements

),

summed as (

    select
        journey_key,
        min(journey_instance_id) as journey_instance_id,
        min(journey_definition_id) as journey_definition_id,
        min(source_customer_key) as source_customer_key,
        min(said_at) as first_seen_at,
        max(said_at) as last_seen_at,
        count(case when is_touch then 1 end) as touchpoint_count,
        count(case when activity_kind = 'touchpoint' and not is_touch then 1 end)
            as unreached_touchpoint_count,
        count(case when activity_kind = 'event' then 1 end) as event_count,
        count(distinct session_key) as session_count,
        cast(sum(cost) as decimal(18, 2)) as touchpoint_cost,
        min(converted_at) as shown_conversion_at,
        max(conversion_value) as shown_conversion_value,
        min(abandoned_at) as told_abandoned_at
    from said
    group by journey_key

),

final as (

    select
        summed.*,
        paths.touchpoint_sequence,
        paths.first_channel_code,
        paths.first_campaign_key,
        paths.channel_touchpoints,
        {{ batch_number() }} as derived_in_batch
    from summed
    left join {{ ref('int_journeys__paths') }} as paths
        on summed.journey_key = paths.journey_key

)

select * from final
