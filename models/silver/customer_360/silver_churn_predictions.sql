with

scores as (select * from {{ ref('silver_customer_churn_scores') }}),

-- what tells people apart in every build, whatever golden ids they got
people as (

    select
        customer_key,
        min(source_customer_key) as first_source_customer_key
    from {{ ref('silver_customer_identities') }}
    group by customer_key

),

outcomes as (

    {% for days in [30, 60, 90] %}
        select
            customer_key,
            scored_date,
            fitted_until,
            cast({{ days }} as integer) as horizon_days,
            churn_probability_{{ days }}d as logistic_probability,
            1 - power(1 - cast(told_churn_probability as double), {{ days }} / 90.0)
                as source_probability,
            silence_days,
            is_churned_{{ days }}d as is_churned
        from scores
        where is_churned_{{ days }}d is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- the last two cut-offs whose horizon is over
later_outcomes as (

    select * from outcomes
    qualify dense_rank() over (partition by horizon_days order by scored_date desc) <= 2

),

predictions as (

    select
        customer_key,
        scored_date,
        fitted_until,
        horizon_days,
        'logistic' as churn_model,
        cast(logistic_probability as double) as prediction,
        cast(logistic_probability as double) as predicted_probability,
        is_churned
    from later_outcomes
    union all
    select
        customer_key,
        scored_date,
        fitted_until,
        horizon_days,
        'source' as churn_model,
        source_probability as prediction,
        source_probability as predicted_probability,
        is_churned
    from later_outcomes
    where source_probability is not null
    union all
    -- who was seen longest ago leaves first
    select
        customer_key,
        scored_date,
        fitted_until,
        horizon_days,
        'recency' as churn_model,
        cast(silence_days as double) as prediction,
        null as predicted_probability,
        is_churned
    from later_outcomes
    where silence_days is not null

),

final as (

    select
        {{ surrogate_key(['scored_date', 'horizon_days', 'churn_model']) }} as churn_backtest_key,
        predictions.customer_key,
        predictions.scored_date,
        predictions.horizon_days,
        predictions.churn_model,
        predictions.scored_date >= predictions.fitted_until as is_after_fit,
        predictions.prediction,
        predictions.predicted_probability,
        predictions.is_churned,
        row_number() over best_first as prediction_rank,
        ntile(10) over best_first as prediction_decile
    from predictions
    left join people on predictions.customer_key = people.customer_key
    window best_first as (
        partition by predictions.scored_date, predictions.horizon_days, predictions.churn_model
        order by
            predictions.prediction desc,
            coalesce(people.first_source_customer_key, predictions.customer_key) asc
    )

)

select * from final
