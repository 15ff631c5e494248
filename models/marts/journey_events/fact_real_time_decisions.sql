-- depends_on: {{ ref('silver_real_time_decision_conversions') }}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['decision_key'],
    meta={
        'touched_by': {
            'decision_key': {
                'silver_real_time_decisions': 'decision_key',
                'silver_real_time_decision_sessions': 'decision_key',
                'silver_real_time_decision_conversions': 'decision_key',
            },
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
    },
) }}

with

decisions as (

    select * from {{ ref('silver_real_time_decisions') }}
    {% if is_incremental() %}
        where
            decision_key in ({{ touched('decision_key') }})
            or source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

places as (select * from {{ ref('silver_real_time_decision_sessions') }}),

identities as (select * from {{ ref('silver_customer_identities') }}),

conversions as (

    select
        decision_key,
        count(*) as conversion_count,
        sum(coalesce(conversion_value, 0)) as conversion_value
    from {{ ref('silver_real_time_decision_conversions') }}
    group by decision_key

),

final as (

    select

        -- keys
        decisions.decision_key,
        {{ date_key('decisions.decision_timestamp') }} as decision_date_key,
        places.session_key,
        coalesce(identities.customer_key, decisions.source_customer_key, places.customer_key)
            as customer_key,

        -- attributes
        decisions.decision_id,
        decisions.decision_type,
        coalesce(decisions.decision_point, '(unknown)') as decision_point,
        decisions.trigger_event,
        decisions.decision_made,
        decisions.decision_model,
        decisions.model_version,
        decisions.is_by_model,
        decisions.is_automated,
        decisions.is_overridden,
        decisions.override_reason,
        decisions.is_over_budget,
        decisions.is_executed,
        decisions.execution_outcome,
        decisions.is_successful,
        decisions.is_converted,

        -- measures
        decisions.decision_score,
        decisions.decision_confidence,
        decisions.decision_latency_ms,
        decisions.decision_effectiveness,
        decisions.decision_cost,
        cast(coalesce(conversions.conversion_count, 0) as integer) as conversions_after,
        cast(coalesce(conversions.conversion_value, 0) as decimal(18, 2)) as value_after,
        1 as decision_count,

        -- timestamps
        decisions.decision_timestamp,
        decisions.execution_timestamp

    from decisions
    left join places on decisions.decision_key = places.decision_key
    left join identities on decisions.source_customer_key = identities.source_customer_key
    left join conversions on decisions.decision_key = conversions.decision_key
    where {{ var("include_bots") }} or not coalesce(places.is_bot or places.is_test, false)

)

select * from final
