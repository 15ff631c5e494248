{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['decision_key'],
    meta={'units': ['source_customer_key', 'source_session_key']},
) }}

with

decisions as (

    {{ latest_delivery(
        ref('stg_journey_events__real_time_decisions'),
        'decision_id',
        ['decision_timestamp', 'customer_id', 'session_id', 'decision_made', 'execution_outcome'],
    ) }}

),

words as (select * from {{ ref('outcome_words') }}),

points as (select * from {{ ref('decision_points') }}),

told as (

    select
        decisions.*,
        words.is_accepted as is_word_of_success,
        words.is_converted as is_word_of_conversion,
        points.cost_per_decision,
        coalesce(decisions.override_flag, decisions.override_reason is not null) as is_overridden,
        coalesce(decisions.execution_flag, decisions.execution_timestamp is not null)
            as is_executed,
        lower({{ json_text('decision_attributes', 'automated') }}) as automated
    from decisions
    left join words on lower(decisions.execution_outcome) = words.outcome
    left join points on lower(decisions.decision_point) = points.decision_point

),

final as (

    select

        -- keys
        {{ surrogate_key(['decision_id']) }} as decision_key,
        case
            when customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'customer_id'
                ]) }}
        end as source_customer_key,
        case
            when session_id is not null
                then {{ surrogate_key([
                    "'" ~ var('session_source_system') ~ "'", 'session_id'
                ]) }}
        end as source_session_key,

        -- ids
        decision_id,
        '{{ var("default_source_system") }}' as source_system,
        customer_id,
        session_id as source_session_id,

        -- the decision
        lower(decision_type) as decision_type,
        lower(decision_point) as decision_point,
        lower(trigger_event) as trigger_event,
        lower(decision_made) as decision_made,
        decision_score,
        decision_confidence,
        decision_latency_ms,
        coalesce(decision_latency_ms > {{ var("decision_budget_ms") }}, false)
            as is_over_budget,
        cast(
            coalesce(cost_per_decision, cast({{ var("decision_cost") }} as decimal(18, 4)))
            as decimal(18, 4)
        ) as decision_cost,

        -- how it was made
        lower(decision_model) as decision_model,
        model_version,
        coalesce(
            not {{ text_matches('lower(decision_model)', "'" ~ var('rule_model_pattern') ~ "'") }},
            false
        ) as is_by_model,
        business_rules_applied,
        decision_factors,
        is_overridden,
        lower(override_reason) as override_reason,
        coalesce(
            case automated when 'true' then true when 'false' then false end,
            not is_overridden
        ) as is_automated,

        -- what came of it
        is_executed,
        lower(execution_outcome) as execution_outcome,
        case when is_executed then is_word_of_success end as is_successful,
        is_executed and coalesce(is_word_of_conversion, false) as is_converted,
        decision_effectiveness,

        -- timestamps
        decision_timestamp,
        execution_timestamp,
        -- nothing is carried out before it was decided, whatever a clock says
        case
            when is_executed
                then greatest(coalesce(execution_timestamp, decision_timestamp), decision_timestamp)
        end as effect_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from told

)

select * from final
