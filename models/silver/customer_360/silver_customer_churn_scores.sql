with

features as (select * from {{ ref('silver_customer_churn_features') }}),

coefficients as (select * from {{ ref('churn_coefficients') }}),

portfolios as (select * from {{ ref('silver_customer_portfolios') }}),

contributions as (

    select
        terms.churn_score_key,
        terms.term,
        coefficients.driver,
        cast(
            coefficients.coefficient * (terms.term_value - coefficients.center) as decimal(18, 9)
        ) as contribution
    from {{ ref('silver_customer_churn_terms') }} as terms
    inner join coefficients on terms.term = coefficients.term
    where terms.term_value is not null

),

ranked_contributions as (

    select
        *,
        row_number() over (
            partition by churn_score_key order by contribution desc, term asc
        ) as contribution_rank
    from contributions

),

weighed as (

    select
        churn_score_key,
        sum(contribution) as contribution,
        max(case when contribution_rank = 1 and contribution > 0 then term end) as main_term,
        max(case when contribution_rank = 1 and contribution > 0 then driver end) as main_driver,
        max(case when contribution_rank = 2 and contribution > 0 then driver end) as second_driver
    from ranked_contributions
    group by churn_score_key

),

probabilities as (

    select
        features.*,
        weighed.main_term,
        weighed.main_driver,
        weighed.second_driver,
        coefficients.fitted_until,
        1 / (
            1 + exp(-cast(coefficients.coefficient + coalesce(weighed.contribution, 0) as double))
        ) as probability
    from features
    inner join coefficients on coefficients.term = 'intercept'
    left join weighed on features.churn_score_key = weighed.churn_score_key

),

scored as (

    select
        *,
        cast(probability as decimal(6, 5)) as churn_probability_90d,
        -- one chance a day, the same on all days
        cast(1 - power(1 - probability, 60 / 90.0) as decimal(6, 5)) as churn_probability_60d,
        cast(1 - power(1 - probability, 30 / 90.0) as decimal(6, 5)) as churn_probability_30d,
        cast(100 * probability as decimal(5, 2)) as churn_risk_score
    from probabilities

),

final as (

    select
        scored.churn_score_key,
        scored.customer_key,
        scored.scored_date,
        scored.is_build_date,
        scored.churn_risk_score,
        case
            when scored.churn_risk_score >= {{ var('churn_critical_score') }} then 'critical'
            when scored.churn_risk_score >= {{ var('churn_high_score') }} then 'high'
            when scored.churn_risk_score >= {{ var('churn_medium_score') }} then 'medium'
            else 'low'
        end as churn_risk_band,
        scored.churn_probability_30d,
        scored.churn_probability_60d,
        scored.churn_probability_90d,
        -- a model's word is no reason; what it names is
        case
            when scored.main_term = 'source_model'
                then coalesce('Told: ' || portfolios.told_churn_driver, scored.main_driver)
            else scored.main_driver
        end as main_driver,
        scored.second_driver,
        portfolios.told_churn_driver,
        scored.told_churn_probability,
        scored.silence_days,
        cast(case
            when scored.silence_days >= {{ var('churn_window_days') }} then 100
            else 100.0 * scored.silence_days / {{ var('churn_window_days') }}
        end as decimal(5, 2)) as dormancy_risk_score,
        scored.fitted_until,
        scored.is_churned_30d,
        scored.is_churned_60d,
        scored.is_churned_90d
    from scored
    left join portfolios
        on
            scored.customer_key = portfolios.customer_key
            and scored.scored_date = portfolios.report_date

)

select * from final
