with

scores as (select * from {{ ref('silver_customer_churn_scores') }}),

scored_dates as (

    select distinct
        scored_date,
        cast({{ dbt.dateadd('day', 1, 'scored_date') }} as timestamp) as known_before
    from scores

),

records as (

    select
        *,
        -- words, or 1 (least) to 5
        case lower(risk_rating)
            when 'low' then 0 when 'medium' then 50 when 'high' then 100
            when '1' then 0 when '2' then 25 when '3' then 50 when '4' then 75 when '5' then 100
        end as rating_risk,
        case kyc_status
            when 'verified' then 0 when 'pending' then 50 when 'expired' then 100
            when 'failed' then 100 when 'rejected' then 100
        end as kyc_risk
    from {{ ref('silver_customer_records') }}

),

-- what the customer's records said by then, of each thing the last that says it
ranked_records as (

    select
        records.customer_key,
        scored_dates.scored_date,
        records.fraud_score,
        records.credit_score,
        records.aml_risk_score,
        records.rating_risk,
        records.kyc_risk,
        row_number() over (
            partition by records.customer_key, scored_dates.scored_date
            order by records.valid_from_timestamp desc, records.record_key asc
        ) as record_rank
    from records
    inner join scored_dates on records.valid_from_timestamp < scored_dates.known_before

),

told as (

    select
        customer_key,
        scored_date,
        min_by(fraud_score, record_rank) filter (where fraud_score is not null) as fraud_score,
        min_by(credit_score, record_rank) filter (where credit_score is not null) as credit_score,
        min_by(aml_risk_score, record_rank) filter (where aml_risk_score is not null)
            as aml_risk_score,
        min_by(rating_risk, record_rank) filter (where rating_risk is not null) as rating_risk,
        min_by(kyc_risk, record_rank) filter (where kyc_risk is not null) as kyc_risk
    from ranked_records
    group by customer_key, scored_date

),

risks as (

    select
        scores.churn_score_key,
        scores.customer_key,
        scores.scored_date,
        scores.churn_risk_score,
        scores.dormancy_risk_score,
        cast(told.fraud_score as decimal(5, 2)) as fraud_risk_score,
        -- 850, the best, is no risk; 300, the worst, is 100
        cast((850 - told.credit_score) * 100.0 / 550 as decimal(5, 2)) as credit_risk_score,
        cast(told.aml_risk_score as decimal(5, 2)) as aml_risk_score,
        cast(
            (coalesce(told.rating_risk, told.kyc_risk) + coalesce(told.kyc_risk, told.rating_risk))
            / 2.0 as decimal(5, 2)
        ) as compliance_risk_score
    from scores
    left join told
        on
            scores.customer_key = told.customer_key
            and scores.scored_date = told.scored_date

),

{% set parts = [
    'churn_risk_score', 'fraud_risk_score', 'credit_risk_score', 'aml_risk_score',
    'compliance_risk_score',
] %}
final as (

    select
        *,
        cast((
            {% for part in parts %}
                coalesce({{ part }}, 0){{ ' +' if not loop.last }}
            {% endfor %}
        ) / (
            {% for part in parts %}
                case when {{ part }} is null then 0 else 1 end{{ ' +' if not loop.last }}
            {% endfor %}
        ) as decimal(5, 2)) as overall_risk_score
    from risks

)

select * from final
