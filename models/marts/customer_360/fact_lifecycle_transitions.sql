with

history as (select * from {{ ref('silver_customer_lifecycle_history') }}),

stages as (select * from {{ ref('dim_lifecycle_stage') }}),

known as (select * from {{ ref('lifecycle_transitions') }}),

-- a customer's first stay begins with a transition only if a source says what was before
entered as (

    select
        *,
        lag(stage_duration_days) over (partition by customer_key order by effective_from)
            as left_duration_days
    from history

),

judged as (

    select
        entered.*,
        coalesce(known.is_expected, false) as is_expected,
        coalesce(
            known.kind,
            case
                when to_stages.progression_score < from_stages.progression_score then 'regression'
                else 'progression'
            end
        ) as kind
    from entered
    left join known
        on entered.previous_stage = known.from_stage and entered.lifecycle_stage = known.to_stage
    left join stages as from_stages on entered.previous_stage = from_stages.stage_code
    left join stages as to_stages on entered.lifecycle_stage = to_stages.stage_code
    where entered.previous_stage is not null and entered.previous_stage <> entered.lifecycle_stage

),

final as (

    select

        -- keys
        judged.lifecycle_key as transition_key,
        calendar.date_key as transition_date_key,
        judged.customer_key,
        {{ surrogate_key(['judged.previous_stage']) }} as from_stage_key,
        {{ surrogate_key(['judged.lifecycle_stage']) }} as to_stage_key,

        -- attributes
        judged.stage_start_date as transition_date,
        judged.previous_stage as from_stage_code,
        judged.lifecycle_stage as to_stage_code,
        judged.entry_trigger as transition_trigger,
        judged.evidence,
        judged.is_expected as expected_transition_flag,
        judged.kind = 'progression' as progression_flag,
        judged.kind = 'regression' as regression_flag,
        judged.is_told_otherwise,

        -- measures
        cast(judged.left_duration_days as integer) as stage_duration_days,
        judged.stage_value as transition_value,
        1 as transition_count,
        judged.effective_from as transition_timestamp

    from judged
    left join {{ ref('dim_date') }} as calendar on judged.stage_start_date = calendar.date_day

)

select * from final
