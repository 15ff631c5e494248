with

interactions as (

    select
        agent_key,
        department,
        interaction_date,
        interaction_timestamp,
        interaction_key
    from {{ ref('silver_customer_interactions') }}
    where agent_key <> -1

),

-- whoever changed places is of the last one
departments as (

    select
        agent_key,
        department
    from interactions
    where department is not null
    qualify row_number() over (
        partition by agent_key order by interaction_timestamp desc, interaction_key asc
    ) = 1

),

final as (

    select
        interactions.agent_key,
        min(departments.department) as department,
        min(interactions.interaction_date) as first_seen_date,
        max(interactions.interaction_date) as last_seen_date
    from interactions
    left join departments on interactions.agent_key = departments.agent_key
    group by interactions.agent_key
    union all
    select
        -1 as agent_key,
        '(unknown)' as department,
        null as first_seen_date,
        null as last_seen_date

)

select * from final
