with

delivered as (select * from {{ ref('silver_journey_assertions') }}),

evidence as (select * from {{ ref('int_journeys__evidence') }}),

definitions as (select * from {{ ref('silver_journey_definitions') }}),

known as (

    select journey_key from delivered
    union distinct
    select journey_key from evidence

),

-- an instance that customer_journeys does not have (yet) began when it was first seen
joined as (

    select
        known.journey_key,
        coalesce(delivered.journey_instance_id, evidence.journey_instance_id)
            as journey_instance_id,
        coalesce(delivered.journey_definition_id, evidence.journey_definition_id)
            as named_definition_id,
        coalesce(delivered.source_customer_key, evidence.source_customer_key)
            as source_customer_key,
        coalesce(delivered.source_system, '{{ var("default_source_system") }}') as source_system,
        coalesce(delivered.journey_start_timestamp, evidence.first_seen_at)
            as journey_start_timestamp,
        delivered.journey_key is null as is_inferred,
        delivered.asserted_status,
        delivered.conversion_flag,
        delivered.conversion_timestamp,
        delivered.abandonment_flag,
        delivered.journey_end_timestamp as asserted_end_timestamp,
        evidence.last_seen_at,
        evidence.shown_conversion_at,
        evidence.told_abandoned_at,
        coalesce(evidence.touchpoint_count, 0) as touchpoint_count,
        coalesce(evidence.event_count, 0) as event_count
    from known
    left join delivered on known.journey_key = delivered.journey_key
    left join evidence on known.journey_key = evidence.journey_key

),

journey_ids as (

    select
        journey_definition_id,
        min(journey_id) as journey_id
    from definitions
    group by journey_definition_id

),

final as (

    select
        joined.*,
        coalesce(journey_ids.journey_id, joined.named_definition_id) as journey_id,
        coalesce(definitions.journey_definition_key, -1) as journey_definition_key,
        definitions.expected_duration_days
    from joined
    left join journey_ids on joined.named_definition_id = journey_ids.journey_definition_id
    left join definitions
        on
            journey_ids.journey_id = definitions.journey_id
            and joined.journey_start_timestamp >= definitions.applies_from
            and joined.journey_start_timestamp < definitions.effective_to

)

select * from final
