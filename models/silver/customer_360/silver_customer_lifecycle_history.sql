{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['lifecycle_key'],
    meta={
        'touched_by': {
            'customer_key': {
                'int_lifecycle__members': 'customer_key',
                'int_lifecycle__stages': 'customer_key',
            },
        },
        'units': ['customer_key'],
    },
) }}

{# The rules depend on the build date, so every customer is derived in every run; rows that come out
   as they were stay, and say so to whoever reads on. #}
with

stages as (

    select
        *,
        cast(entered_at as date) as stage_start_date,
        cast(left_at as date) as stage_end_date
    from {{ ref('int_lifecycle__stages') }}

),

-- keys must not change with the golden id, which depends on history
people as (

    select
        customer_key,
        min(source_customer_key) as first_source_customer_key,
        min(golden_id) as golden_id
    from {{ ref('int_lifecycle__members') }}
    group by customer_key

),

-- a day belongs to the stage at its end
activity as (

    select
        stages.customer_key,
        stages.entered_at,
        sum(active_days.transaction_count) as transaction_count,
        sum(active_days.interaction_count) as interaction_count,
        sum(active_days.revenue) as revenue
    from {{ ref('int_lifecycle__activity_days') }} as active_days
    inner join {{ ref('int_lifecycle__members') }} as members
        on active_days.source_customer_key = members.source_customer_key
    inner join stages
        on
            members.customer_key = stages.customer_key
            and active_days.activity_date >= stages.stage_start_date
            and (
                active_days.activity_date < stages.stage_end_date
                or stages.stage_end_date is null
            )
    group by stages.customer_key, stages.entered_at

),

final as (

    select

        -- keys
        {{ surrogate_key(['people.first_source_customer_key', 'stages.entered_at']) }}
            as lifecycle_key,
        stages.customer_key,
        people.golden_id as golden_customer_id,

        -- the stage
        stages.stage_code as lifecycle_stage,
        kinds.stage_category as lifecycle_stage_category,
        stages.from_stage_code as previous_stage,
        stages.is_first,
        stages.evidence,
        stages.stage_start_date,
        stages.stage_end_date,
        cast({{ dbt.datediff(
            'stages.stage_start_date', 'stages.stage_end_date', 'day'
        ) }} as integer) as stage_duration_days,
        stages.trigger_code as entry_trigger,
        stages.exit_trigger_code as exit_trigger,

        -- measures
        stages.event_value as stage_value,
        cast(coalesce(activity.revenue, 0) as decimal(18, 2)) as stage_revenue,
        cast(coalesce(activity.transaction_count, 0) as integer) as stage_transactions,
        cast(coalesce(activity.interaction_count, 0) as integer) as stage_interactions,
        cast(kinds.progress as decimal(5, 2)) as progression_score,
        transitions.to_stage as next_expected_stage,

        -- quality
        coalesce(stages.is_told_otherwise, false) as is_told_otherwise,
        cast(100.0 * (
            case when stages.evidence = 'told' then 1 else 0 end
            + case when stages.trigger_code is null then 0 else 1 end
            + case when stages.from_stage_code is null then 0 else 1 end
            + case when stages.is_told_otherwise then 0 else 1 end
        ) / 4 as decimal(5, 2)) as data_quality_score,

        -- validity
        stages.entered_at as effective_from,
        stages.left_at as effective_to,
        stages.left_at is null as is_current,
        stages.ingestion_timestamp as created_timestamp,
        {{ batch_number() }} as derived_in_batch

    from stages
    inner join people on stages.customer_key = people.customer_key
    inner join {{ ref('lifecycle_stages') }} as kinds on stages.stage_code = kinds.stage_code
    left join {{ ref('lifecycle_transitions') }} as transitions
        on stages.stage_code = transitions.from_stage and transitions.is_next
    left join activity
        on
            stages.customer_key = activity.customer_key
            and stages.entered_at = activity.entered_at

)

select * from final
