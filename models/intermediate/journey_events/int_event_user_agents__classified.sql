{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['user_agent'],
) }}

-- Distinct user agents are few where events are many: the rules are tried once on each.
with

user_agents as (

    select
        user_agent,
        max(ingestion_timestamp) as ingestion_timestamp
    from {{ ref('stg_journey_events__customer_events') }}
    where
        user_agent is not null
        {% if is_incremental() %}
            and {{ new_deliveries(ref('stg_journey_events__customer_events'), 'user_agent') }}
        {% endif %}
    group by user_agent

),

rules as (

    select * from {{ ref('user_agent_rules') }}

),

final as (

    select
        user_agents.user_agent,
        max(user_agents.ingestion_timestamp) as ingestion_timestamp,
        min_by(rules.value, rules.priority) filter (where rules.attribute = 'bot') as bot_rule,
        min_by(rules.value, rules.priority) filter (
            where rules.attribute = 'device_type'
        ) as device_type,
        min_by(rules.value, rules.priority) filter (where rules.attribute = 'browser') as browser,
        min_by(rules.value, rules.priority) filter (where rules.attribute = 'os') as os
    from user_agents
    left join rules on {{ text_matches('user_agents.user_agent', 'rules.pattern') }}
    group by user_agents.user_agent

)

select * from final
