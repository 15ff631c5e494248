with

scores as (select * from {{ ref('silver_customer_churn_scores') }}),

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
        customer_key,
        scored_date,
        horizon_days,
        churn_model,
        scored_date >= fitted_until as is_after_fit,
        prediction,
        predicted_probability,
        is_churned,
        row_number() over best_first as prediction_rank,
        ntile(10) over best_first as prediction_decile
    from predictions
    window best_first as (
        partition by scored_date, horizon_days, churn_model
        order by prediction desc, customer_key asc
    )

)

select * from final
