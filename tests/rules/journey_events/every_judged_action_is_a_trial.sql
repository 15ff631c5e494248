-- The two arms as they happened are all recommendations of known outcome; the other policies are
-- judged on the same trials as one another; and tenths of predictions hold each prediction once.
with trials as (

    select
        count(case when policy_name in ('chance', 'model') then 1 end) as arms,
        count(case when policy_name = 'ranking_without_rules' then 1 end) as unruled,
        count(case when policy_name = 'most_accepted' then 1 end) as popular
    from {{ ref('silver_next_best_action_trials') }}

),

judged as (

    select
        count(*) as actions,
        count(predicted_conversion_probability) as predictions
    from {{ ref('silver_next_best_actions') }}
    where is_accepted is not null

),

named as (

    select count(*) as actions
    from {{ ref('silver_next_best_actions') }}
    where
        is_accepted is not null
        and recommended_action is not null
        and cast(recommendation_timestamp as date) <= (
            select max(cast(candidates.candidate_date - interval '1' day as date))
            from {{ ref('silver_next_best_action_candidates') }} as candidates
        )

),

tenths as (

    select coalesce(sum(judged_actions), 0) as predictions
    from {{ ref('fact_next_best_action_calibration') }}

)

select
    trials.arms,
    named.actions,
    trials.unruled,
    trials.popular,
    judged.predictions,
    tenths.predictions as predictions_in_tenths
from trials
cross join judged
cross join named
cross join tenths
where
    trials.arms <> named.actions
    or trials.unruled <> trials.popular
    or judged.predictions <> tenths.predictions
