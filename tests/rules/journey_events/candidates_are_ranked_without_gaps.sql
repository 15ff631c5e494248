-- Each customer has every action of the seed once; the eligible are ranked from 1 without gaps,
-- what has a reason against it has no rank; and there is always the choice of doing nothing.
with counted as (

    select
        customer_key,
        count(*) as actions,
        count(candidate_rank) as ranked,
        max(candidate_rank) as last_rank,
        count(case when exclusion_reason is null then 1 end) as eligible,
        count(case when cost = 0 and is_eligible then 1 end) as free_choices
    from {{ ref('silver_next_best_action_candidates') }}
    group by customer_key

),

catalogue as (select count(*) as actions from {{ ref('recommended_actions') }})

select counted.*
from counted
cross join catalogue
where
    counted.actions <> catalogue.actions
    or counted.ranked <> counted.eligible
    or counted.last_rank <> counted.eligible
    or counted.free_choices = 0
