with

predictions as (select * from {{ ref('silver_churn_predictions') }}),

-- pairs of one who left and one who stayed in which the first was ranked first; equals count half
values_counted as (

    select
        churn_backtest_key,
        prediction,
        count(case when is_churned then 1 end) as churned,
        count(case when not is_churned then 1 end) as stayed
    from predictions
    group by churn_backtest_key, prediction

),

pairs as (

    select
        churn_backtest_key,
        churned,
        2 * coalesce(sum(stayed) over (
            partition by churn_backtest_key
            order by prediction
            rows between unbounded preceding and 1 preceding
        ), 0) + stayed as stayed_below_twice
    from values_counted

),

ranked_right as (

    select
        churn_backtest_key,
        sum(churned * stayed_below_twice) as pairs_twice
    from pairs
    group by churn_backtest_key

),

deciles as (

    select
        churn_backtest_key,
        prediction_decile,
        abs(
            sum(cast(predicted_probability as decimal(18, 9)))
            - count(case when is_churned then 1 end)
        ) as calibration_gap
    from predictions
    where predicted_probability is not null
    group by churn_backtest_key, prediction_decile

),

calibrations as (

    select
        churn_backtest_key,
        sum(calibration_gap) as calibration_gap
    from deciles
    group by churn_backtest_key

),

tallied as (

    select
        churn_backtest_key,
        min(scored_date) as scored_date,
        min(horizon_days) as horizon_days,
        min(churn_model) as churn_model,
        bool_and(is_after_fit) as is_after_fit,
        count(*) as customers,
        count(case when is_churned then 1 end) as churned,
        count(case when not is_churned then 1 end) as stayed,
        count(case when prediction_decile = 1 then 1 end) as top_customers,
        count(case when prediction_decile = 1 and is_churned then 1 end) as top_churned,
        count(case when (predicted_probability >= 0.5) = is_churned then 1 end) as right_at_half,
        sum(cast(predicted_probability as decimal(18, 9))) as predicted,
        sum(cast(
            power(predicted_probability - case when is_churned then 1 else 0 end, 2)
            as decimal(18, 9)
        )) as squared_error
    from predictions
    group by churn_backtest_key

),

final as (

    select
        tallied.churn_backtest_key,
        {{ date_key('tallied.scored_date') }} as scored_date_key,
        tallied.scored_date,
        tallied.horizon_days,
        tallied.churn_model,
        tallied.is_after_fit,
        tallied.customers,
        tallied.churned,
        tallied.top_customers,
        tallied.top_churned,
        cast(tallied.churned as double) / tallied.customers as churn_rate,
        cast(ranked_right.pairs_twice as double)
        / nullif(2 * tallied.churned * tallied.stayed, 0) as auc,
        cast(tallied.top_churned as double) / tallied.top_customers as top_decile_precision,
        cast(tallied.top_churned as double) / nullif(tallied.churned, 0) as top_decile_recall,
        cast(tallied.top_churned as double) / tallied.top_customers
        / (nullif(tallied.churned, 0) / cast(tallied.customers as double)) as top_decile_lift,
        cast(tallied.predicted as double) / tallied.customers as mean_prediction,
        cast(calibrations.calibration_gap as double) / tallied.customers as calibration_error,
        cast(tallied.squared_error as double) / tallied.customers as brier_score,
        cast(tallied.churned as double) / tallied.customers
        * tallied.stayed / tallied.customers as constant_brier_score,
        case
            when tallied.predicted is not null
                then cast(tallied.right_at_half as double) / tallied.customers
        end as accuracy,
        cast(tallied.stayed as double) / tallied.customers as majority_accuracy
    from tallied
    inner join ranked_right on tallied.churn_backtest_key = ranked_right.churn_backtest_key
    left join calibrations on tallied.churn_backtest_key = calibrations.churn_backtest_key

)

select * from final
