{% set measures = {
    'heads': 'role head', 'partners': 'role spouse', 'children': 'role child',
    'grandchildren': 'role grandchild', 'parents': 'role parent',
    'grandparents': 'role grandparent', 'roommates': 'role roommate', 'others': 'role other',
    'products': 'products', 'balance': 'balance', 'deposits': 'deposits', 'loans': 'loans',
    'lifetime_value': 'lifetime_value',
    'churned_members': 'churned',
    'revenue_ytd': 'revenue_ytd',
    'answers': 'answers',
    'satisfaction': 'satisfaction',
} %}
{{ config(materialized='table') }}

with

begins_and_ends as (

    select
        household_key,
        valid_from_date as change_date,
        measure,
        amount
    from {{ ref('int_household_spans') }}
    union all
    select
        household_key,
        valid_to_date as change_date,
        measure,
        -amount as amount
    from {{ ref('int_household_spans') }}
    where valid_to_date is not null

),

-- what ends in the future is not over: a year's revenue, an answer that grows old
past_changes as (

    select changes.*
    from begins_and_ends as changes
    inner join {{ ref('int_core__build_dates') }} as build_dates
        on changes.change_date <= build_dates.as_of

),

days as (

    select
        {% for column, measure in measures.items() %}
            sum(case when measure = '{{ measure }}' then amount else 0 end) as {{ column }},
        {% endfor %}
        household_key,
        change_date
    from past_changes
    group by household_key, change_date

),

summed as (

    select
        {% for column in measures %}
            sum({{ column }}) over so_far as {{ column }},
        {% endfor %}
        household_key,
        change_date as valid_from_date,
        lead(change_date) over (partition by household_key order by change_date)
            as valid_to_date
    from days
    window so_far as (
        partition by household_key order by change_date
        rows between unbounded preceding and current row
    )

),

counted as (

    select
        *,
        heads + partners + children + grandchildren + parents + grandparents + roommates + others
            as members,
        partners + children + grandchildren + parents + grandparents + others as relatives,
        1 + case when children > 0 then 1 else 0 end
        + case when grandchildren > 0 then 1 else 0 end
        + case when parents > 0 then 1 else 0 end
        + case when grandparents > 0 then 1 else 0 end as generations
    from summed
    -- while nobody is in it, there is none
    where heads > 0

),

typed as (

    select
        counted.*,
        rules.household_type_code
    from counted
    inner join {{ ref('household_type_rules') }} as rules
        on
            counted.members between rules.min_size and rules.max_size
            and counted.partners between rules.min_partners and rules.max_partners
            and counted.children + counted.grandchildren >= rules.min_children
            and counted.parents + counted.grandparents >= rules.min_elders
            and counted.generations >= rules.min_generations
            and counted.roommates >= rules.min_unrelated
            and counted.relatives <= rules.max_relatives
    qualify row_number() over (
        partition by counted.household_key, counted.valid_from_date order by rules.rule_number
    ) = 1

),

final as (

    select
        {{ surrogate_key(['household_key', 'valid_from_date']) }} as state_key,
        household_key,
        valid_from_date,
        valid_to_date,
        min(valid_from_date) over (partition by household_key) as household_since_date,
        household_type_code,
        cast(members as integer) as household_size,
        cast(generations as integer) as generation_count,
        cast(churned_members as integer) as churned_member_count,
        churned_members >= members as is_churned,
        churned_members >= members
        and not coalesce(
            lag(churned_members >= members) over (
                partition by household_key order by valid_from_date
            ),
            false
        ) as begins_churn,
        cast(products as integer) as total_products,
        cast(balance as decimal(18, 2)) as total_balance,
        cast(deposits as decimal(18, 2)) as total_deposits,
        cast(loans as decimal(18, 2)) as total_loans,
        cast(revenue_ytd as decimal(18, 2)) as household_revenue_ytd,
        cast(lifetime_value as decimal(18, 2)) as household_lifetime_value,
        cast(answers as integer) as satisfaction_answers,
        cast(satisfaction as decimal(18, 2)) as satisfaction_sum,
        -- all of it is derived in every run; silver_household_states keeps what came out as it was
        {{ batch_number() }} as derived_in_batch
    from typed

)

select * from final
