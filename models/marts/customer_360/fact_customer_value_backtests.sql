with

outcomes as (

    select * from {{ ref('silver_customer_expected_value') }}
    where actual_value is not null

),

means as (

    select
        *,
        sum(value_at_rate) over (partition by cutoff_date)
        / count(*) over (partition by cutoff_date) as mean_value_at_rate
    from outcomes

),

predictions as (

    select
        first_source_customer_key,
        cutoff_date,
        'expected' as value_model,
        expected_value as prediction,
        actual_value
    from outcomes
    union all
    select
        first_source_customer_key,
        cutoff_date,
        'same rate' as value_model,
        value_at_rate as prediction,
        actual_value
    from outcomes
    union all
    select
        first_source_customer_key,
        cutoff_date,
        'everybody alike' as value_model,
        cast(mean_value_at_rate as decimal(18, 2)) as prediction,
        actual_value
    from means

),

ranked as (

    select
        *,
        ntile(10) over (
            partition by cutoff_date, value_model
            order by prediction desc, first_source_customer_key asc
        ) as predicted_decile,
        ntile(10) over (
            partition by cutoff_date, value_model
            order by actual_value desc, first_source_customer_key asc
        ) as actual_decile
    from predictions

),

tallied as (

    select
        cutoff_date,
        value_model,
        count(*) as customers,
        sum(prediction) as expected_value,
        sum(actual_value) as actual_value,
        sum(abs(prediction - actual_value)) as absolute_error,
        sum(case when predicted_decile = 1 then actual_value else 0 end) as top_decile_value,
        sum(case when actual_decile = 1 then actual_value else 0 end) as best_top_decile_value
    from ranked
    group by cutoff_date, value_model

),

final as (

    select
        {{ surrogate_key(['cutoff_date', 'value_model']) }} as value_backtest_key,
        {{ date_key('cutoff_date') }} as cutoff_date_key,
        cutoff_date,
        cast({{ var('value_horizon_days') }} as integer) as horizon_days,
        value_model,
        customers,
        cast(expected_value as decimal(18, 2)) as expected_value,
        cast(actual_value as decimal(18, 2)) as actual_value,
        cast(expected_value - actual_value as double) / nullif(cast(actual_value as double), 0)
            as bias,
        cast(absolute_error as double) / customers as mean_absolute_error,
        cast(absolute_error as double) / nullif(cast(actual_value as double), 0) as relative_error,
        cast(top_decile_value as double) / nullif(cast(actual_value as double), 0)
            as top_decile_share,
        cast(best_top_decile_value as double) / nullif(cast(actual_value as double), 0)
            as best_top_decile_share
    from tallied

)

select * from final
