with

churn_dates as (select * from {{ ref('int_churn_dates') }}),

tenures as (select * from {{ ref('silver_customer_tenures') }}),

scored_dates as (

    select distinct
        scored_date,
        is_build_date
    from churn_dates

),

-- who is a customer at the end of the day
at_risk as (

    select
        tenures.customer_key,
        tenures.customer_since_date,
        scored_dates.scored_date,
        scored_dates.is_build_date
    from tenures
    inner join scored_dates
        on
            tenures.tenure_from_date <= scored_dates.scored_date
            and coalesce(tenures.tenure_to_date > scored_dates.scored_date, true)

),

-- … and who is one at the end of the horizon, too: who came back within it was not lost
outcomes as (

    select
        at_risk.customer_key,
        churn_dates.scored_date,
        churn_dates.horizon_days,
        max(case when tenures.customer_key is null then 0 else 1 end) = 0 as is_churned
    from at_risk
    inner join churn_dates
        on at_risk.scored_date = churn_dates.scored_date and churn_dates.is_over
    left join tenures
        on
            at_risk.customer_key = tenures.customer_key
            and churn_dates.outcome_date >= tenures.tenure_from_date
            and coalesce(churn_dates.outcome_date < tenures.tenure_to_date, true)
    group by at_risk.customer_key, churn_dates.scored_date, churn_dates.horizon_days

),

final as (

    select
        at_risk.customer_key,
        at_risk.scored_date,
        at_risk.is_build_date,
        min(at_risk.customer_since_date) as customer_since_date,
        bool_or(case when outcomes.horizon_days = 30 then outcomes.is_churned end)
            as is_churned_30d,
        bool_or(case when outcomes.horizon_days = 60 then outcomes.is_churned end)
            as is_churned_60d,
        bool_or(case when outcomes.horizon_days = 90 then outcomes.is_churned end)
            as is_churned_90d
    from at_risk
    left join outcomes
        on
            at_risk.customer_key = outcomes.customer_key
            and at_risk.scored_date = outcomes.scored_date
    group by at_risk.customer_key, at_risk.scored_date, at_risk.is_build_date

)

select * from final
