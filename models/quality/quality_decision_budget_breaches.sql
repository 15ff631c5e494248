{{ config(group='journey_events', materialized='view') }}

with

final as (

    select
        decision_key,
        decision_id,
        decision_timestamp,
        decision_point,
        decision_type,
        decision_model,
        model_version,
        decision_latency_ms,
        {{ var("decision_budget_ms") }} as budget_ms,
        decision_latency_ms - {{ var("decision_budget_ms") }} as over_budget_ms
    from {{ ref('fact_real_time_decisions') }}
    where is_over_budget

)

select * from final
