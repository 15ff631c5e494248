with

-- months that are over
engagement as (

    select
        customer_key,
        as_of_date as point_date,
        digital_adoption_score
    from {{ ref('silver_customer_engagement_months') }}
    where
        {{ dbt.dateadd('day', 1, 'as_of_date') }}
        = {{ dbt.dateadd('month', 1, 'month_start_date') }}

),

-- ends of months: a score of the build date is gone tomorrow
churn as (

    select
        customer_key,
        scored_date as point_date,
        churn_risk_score,
        churn_risk_band
    from {{ ref('silver_customer_churn_scores') }}
    where day({{ dbt.dateadd('day', 1, 'scored_date') }}) = 1

),

final as (

    select
        coalesce(engagement.customer_key, churn.customer_key) as customer_key,
        cast(coalesce(engagement.point_date, churn.point_date) as date) as point_date,
        engagement.digital_adoption_score,
        churn.churn_risk_score,
        churn.churn_risk_band
    from engagement
    full outer join churn
        on
            engagement.customer_key = churn.customer_key
            and engagement.point_date = churn.point_date

)

select * from final
