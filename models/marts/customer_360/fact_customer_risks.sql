select

    -- keys
    scores.churn_score_key as customer_risk_key,
    {{ date_key('scores.scored_date') }} as scored_date_key,
    scores.scored_date,
    scores.customer_key,

    -- leaving
    scores.is_build_date,
    scores.churn_risk_band,
    scores.main_driver,
    scores.second_driver,
    scores.churn_risk_score,
    scores.churn_probability_30d,
    scores.churn_probability_60d,
    scores.churn_probability_90d,
    scores.told_churn_probability,
    case when scores.churn_risk_band in ('high', 'critical') then 1 else 0 end as at_risk_count,
    scores.is_churned_90d,

    -- other risks
    risks.dormancy_risk_score,
    risks.fraud_risk_score,
    risks.credit_risk_score,
    risks.aml_risk_score,
    risks.compliance_risk_score,
    risks.overall_risk_score

from {{ ref('silver_customer_churn_scores') }} as scores
inner join {{ ref('silver_customer_risks') }} as risks
    on scores.churn_score_key = risks.churn_score_key
