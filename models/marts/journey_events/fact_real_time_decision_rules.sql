{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['decision_rule_key'],
    meta={
        'touched_by': {
            'decision_key': {
                'silver_real_time_decisions': 'decision_key',
                'silver_real_time_decision_sessions': 'decision_key',
            },
        },
    },
) }}

with

decisions as (

    select
        decisions.decision_key,
        decisions.decision_timestamp,
        coalesce(decisions.decision_point, '(unknown)') as decision_point,
        {{ rows_of_array('decisions.business_rules_applied') }} as rule_told
    from {{ ref('silver_real_time_decisions') }} as decisions
    left join {{ ref('silver_real_time_decision_sessions') }} as places
        on decisions.decision_key = places.decision_key
    where
        ({{ var("include_bots") }} or not coalesce(places.is_bot or places.is_test, false))
        {% if is_incremental() %}
            and decisions.decision_key in ({{ touched('decision_key') }})
        {% endif %}

),

rules as (

    select distinct
        decision_key,
        decision_timestamp,
        decision_point,
        lower(trim(rule_told)) as rule_name
    from decisions
    where trim(rule_told) <> ''

),

final as (

    select
        {{ surrogate_key(['decision_key', 'rule_name']) }} as decision_rule_key,
        {{ date_key('decision_timestamp') }} as decision_date_key,
        decision_key,
        decision_point,
        rule_name,
        decision_timestamp
    from rules

)

select * from final
