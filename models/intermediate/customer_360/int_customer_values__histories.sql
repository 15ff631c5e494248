with

value_dates as (select * from {{ ref('int_value_dates') }}),

days as (

    select * from {{ ref('int_customer_activity__days') }}
    where transaction_count > 0

),

-- each day as seen from each cut-off: before it, in the days of the rate, or in the horizon
placed_days as (

    select
        days.customer_key,
        days.activity_date,
        days.transaction_count,
        days.transaction_value,
        value_dates.cutoff_number,
        days.activity_date <= value_dates.cutoff_date as is_past,
        days.activity_date > value_dates.rate_from_date
        and days.activity_date <= value_dates.cutoff_date as is_in_rate,
        days.activity_date > value_dates.cutoff_date as is_in_horizon
    from days
    inner join value_dates on days.activity_date <= value_dates.outcome_date

),

counted as (

    select
        customer_key,
        cutoff_number,
        min(case when is_past then activity_date end) as first_date,
        max(case when is_past then activity_date end) as last_date,
        sum(case when is_in_rate then transaction_count else 0 end) as transaction_count,
        sum(case when is_in_rate then transaction_value else 0 end) as transaction_value,
        sum(case when is_in_horizon then transaction_count else 0 end) as actual_transactions,
        sum(case when is_in_horizon then transaction_value else 0 end) as actual_value
    from placed_days
    group by customer_key, cutoff_number

),

observed as (

    select
        counted.*,
        value_dates.cutoff_date,
        {{ dbt.datediff('counted.last_date', 'value_dates.cutoff_date', 'day') }} as recency_days,
        -- who came lately was not there to buy before; of a few days no rate can be told
        least(
            {{ var('value_rate_days') }},
            value_dates.recorded_days,
            greatest(
                {{ dbt.datediff('counted.first_date', 'value_dates.cutoff_date', 'day') }} + 1,
                {{ var('value_horizon_days') }}
            )
        ) as observed_days
    from counted
    inner join value_dates on counted.cutoff_number = value_dates.cutoff_number
    where counted.first_date is not null

),

final as (

    select
        customer_key,
        cutoff_number,
        cutoff_date,
        recency_days,
        case
            when recency_days < 7 then 'under 7 days'
            when recency_days < 30 then '7 to 29 days'
            else '30 days or more'
        end as recency_band,
        cast(observed_days as integer) as observed_days,
        cast(transaction_count as integer) as transaction_count,
        cast(transaction_value as decimal(18, 2)) as transaction_value,
        cast(
            1.0 * transaction_count * {{ var('value_horizon_days') }} / observed_days
            as decimal(18, 6)
        ) as transactions_at_rate,
        -- of the build date the horizon is to come
        case when cutoff_number > 0 then cast(actual_transactions as integer) end
            as actual_transactions,
        case when cutoff_number > 0 then cast(actual_value as decimal(18, 2)) end as actual_value
    from observed

)

select * from final
