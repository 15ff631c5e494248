with

histories as (select * from {{ ref('int_customer_values__histories') }}),

-- what tells people apart in every build, whatever golden ids they got
people as (

    select
        customer_key,
        min(source_customer_key) as first_source_customer_key
    from {{ ref('silver_customer_identities') }}
    group by customer_key

),

-- how the rate went on in the horizon that ended at the cut-off, by the time since the last
-- transaction: the customer may have left, and only the past may say how likely that is
activity as (

    select
        cutoff_number - 1 as cutoff_number,
        recency_band,
        sum(actual_transactions) as actual_transactions,
        sum(transactions_at_rate) as transactions_at_rate
    from histories
    where cutoff_number > 0
    group by cutoff_number, recency_band

),

expected as (

    select
        histories.*,
        coalesce(people.first_source_customer_key, histories.customer_key)
            as first_source_customer_key,
        cast(
            cast(activity.actual_transactions as double)
            / nullif(cast(activity.transactions_at_rate as double), 0) as decimal(12, 6)
        ) as activity_rate
    from histories
    left join activity
        on
            histories.cutoff_number = activity.cutoff_number
            and histories.recency_band = activity.recency_band
    left join people on histories.customer_key = people.customer_key
    -- the earliest cut-off is only there to learn from
    where histories.cutoff_number <= 2

),

final as (

    select
        {{ surrogate_key(['customer_key', 'cutoff_date']) }} as expected_value_key,
        customer_key,
        first_source_customer_key,
        cutoff_date,
        cutoff_number = 0 as is_build_date,
        recency_days,
        recency_band,
        observed_days,
        transaction_count,
        transaction_value,
        cast(transaction_value / nullif(transaction_count, 0) as decimal(18, 2))
            as average_order_value,
        activity_rate,
        cast(transactions_at_rate * coalesce(activity_rate, 1) as decimal(18, 4))
            as expected_transactions,
        cast(
            cast(transaction_value as double)
            * {{ var('value_horizon_days') }} / observed_days
            * cast(coalesce(activity_rate, 1) as double) as decimal(18, 2)
        ) as expected_value,
        cast(
            cast(transaction_value as double) * {{ var('value_horizon_days') }} / observed_days
            as decimal(18, 2)
        ) as value_at_rate,
        actual_transactions,
        actual_value
    from expected

)

select * from final
