{{ config(materialized='table') }}

with

told as (select * from {{ ref('int_lifecycle__told') }}),

first_told as (

    select
        customer_key,
        entered_at,
        told_from_stage
    from told
    qualify row_number() over (
        partition by customer_key
        order by entered_at asc, told_from_stage desc, lifecycle_event_key asc
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
),

-- of several stages told for one moment the later one of the machine counts
moments as (

    select
        signs.*,
        kinds.stage_sequence
    from signs
    inner join {{ ref('lifecycle_stages') }} as kinds on signs.stage_code = kinds.stage_code
    qualify row_number() over (
        partition by signs.customer_key, signs.entered_at
        order by
            case when signs.evidence = 'told' then 0 else 1 end asc,
            kinds.stage_sequence desc,
            signs.lifecycle_event_key asc
    ) = 1

),

compared as (

    select
        *,
        lag(stage_code) over (partition by customer_key order by entered_at) as last_stage_code
    from moments

),

-- what tells the stage that the customer is in begins none
changes as (

    select * from compared
    where last_stage_code is distinct from stage_code

),

final as (

    select
        customer_key,
        entered_at,
        lead(entered_at) over of_customer as left_at,
        stage_code,
        coalesce(last_stage_code, told_from_stage) as from_stage_code,
        last_stage_code is null as is_first,
        last_stage_code <> told_from_stage as is_told_otherwise,
        evidence,
        trigger_code,
        lead(trigger_code) over of_customer as exit_trigger_code,
        event_value,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from changes
    window of_customer as (partition by customer_key order by entered_at)

)

select * from final
