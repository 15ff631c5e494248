-- Distinct user agents are few where page views are many: the rules are tried once on each.
with

user_agents as (

    select distinct user_agent
    from {{ ref('stg_digital_analytics__web_pageviews') }}
    where user_agent is not null

),

rules as (

    select * from {{ ref('user_agent_rules') }}

),

final as (

    select
        user_agents.user_agent,
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
