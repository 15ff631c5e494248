-- Everybody scored is a customer on the day, every customer of the build date is scored (if anybody
-- is), and more time makes leaving no less likely.
with

scores as (select * from {{ ref('silver_customer_churn_scores') }}),

todays_scores as (

    select customer_key
    from scores
    where is_build_date

),

tenures as (select * from {{ ref('silver_customer_tenures') }})

select
    scores.customer_key,
    scores.scored_date,
    'no customer then, or chances that shrink' as reason
from scores
left join tenures
    on
        scores.customer_key = tenures.customer_key
        and scores.scored_date >= tenures.tenure_from_date
        and coalesce(scores.scored_date < tenures.tenure_to_date, true)
where
    tenures.customer_key is null
    or scores.churn_probability_30d > scores.churn_probability_60d
    or scores.churn_probability_60d > scores.churn_probability_90d
union all
select
    tenures.customer_key,
    null as scored_date,
    'a customer without a score' as reason
from tenures
where
    tenures.is_current
    and (select count(*) from todays_scores) > 0
    and tenures.customer_key not in (select todays_scores.customer_key from todays_scores)
