{{ config(materialized='table') }}

with

told as (

    select
        members.customer_key,
        events.event_timestamp as entered_at,
        events.to_stage_code as stage_code,
        events.from_stage_code as told_from_stage,
        'told' as evidence,
        coalesce(events.trigger_reason, events.event_type, events.trigger_type) as trigger_code,
        events.lifecycle_event_key,
        events.event_value,
        events.ingestion_timestamp
    from {{ ref('silver_customer_lifecycle_events') }} as events
    inner join {{ ref('int_lifecycle__members') }} as members
        on events.source_customer_key = members.source_customer_key
    where events.to_stage_code is not null

),

-- whoever is back is active once they have stayed so long
settled as (

    select
        told.customer_key,
        {{ dbt.dateadd('day', var("lifecycle_reactivated_days"), 'told.entered_at') }} as entered_at,
        'active' as stage_code,
        'reactivated' as told_from_stage,
        'behaviour' as evidence,
        'time' as trigger_code,
        null as lifecycle_event_key,
        null as event_value,
        null as ingestion_timestamp,
        lead(told.entered_at) over (
            partition by told.customer_key order by told.entered_at
        ) as next_told_at
    from told
    qualify told.stage_code = 'reactivated'

),

first_told as (

    select
        customer_key,
        entered_at,
        told_from_stage
    from told
    qualify row_number() over (
        partition by customer_key order by entered_at, told_from_stage desc, lifecycle_event_key
    ) = 1

),

-- behaviour decides until the day on which a source tells a stage; who is told to have been a
-- prospect was one
inferred as (

    select
        behaviour.customer_key,
        cast(behaviour.valid_from_date as timestamp) as entered_at,
        case
            when first_told.told_from_stage = 'prospect' then 'prospect'
            else behaviour.stage_code
        end as stage_code,
        null as told_from_stage,
        'behaviour' as evidence,
        behaviour.rule_code as trigger_code,
        null as lifecycle_event_key,
        null as event_value,
        null as ingestion_timestamp
    from {{ ref('int_lifecycle__behaviour') }} as behaviour
    left join first_told on behaviour.customer_key = first_told.customer_key
    where
        first_told.entered_at is null
        or behaviour.valid_from_date < cast(first_told.entered_at as date)

),

signs as (

    select * from told
    union all
    select * from inferred
    union all
    select
        settled.customer_key,
        settled.entered_at,
        settled.stage_code,
        settled.told_from_stage,
        settled.evidence,
        settled.trigger_code,
        settled.lifecycle_event_key,
        settled.event_value,
        settled.ingestion_timestamp
    from settled
    cross join {{ ref('int_core__build_dates') }} as build_dates
    where
        cast(settled.entered_at as date) <= build_dates.as_of
        and (settled.next_told_at is null or settled.next_told_at > settled.entered_at)

),

-- of several stages told for one moment the later one of the machine counts
moments as (

    select
        signs.*,
        stages.stage_sequence
    from signs
    inner join {{ ref('lifecycle_stages') }} as stages on signs.stage_code = stages.stage_code
    qualify row_number() over (
        partition by signs.customer_key, signs.entered_at
        order by
            case when signs.evidence = 'told' then 0 else 1 end,
            stages.stage_sequence desc,
            signs.lifecycle_event_key
    ) = 1

),

compared as (

    select
        *,
        lag(stage_code) over (partition by customer_key order by entered_at) as last_stage_code
    from moments

),

-- what tells the stage that the customer is in begins none
changes as (select * from compared where last_stage_code is distinct from stage_code),

final as (

    select
        customer_key,
        entered_at,
        lead(entered_at) over customer as left_at,
        stage_code,
        coalesce(last_stage_code, told_from_stage) as from_stage_code,
        last_stage_code is null as is_first,
        last_stage_code <> told_from_stage as is_told_otherwise,
        evidence,
        trigger_code,
        lead(trigger_code) over customer as exit_trigger_code,
        event_value,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from changes
    window customer as (partition by customer_key order by entered_at)

)

select * from final
