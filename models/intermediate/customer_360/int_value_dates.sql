with

build_dates as (select * from {{ ref('int_core__build_dates') }}),

recorded as (

    select min(activity_date) as first_recorded_date
    from {{ ref('int_customer_activity__days') }}
    where transaction_count > 0

),

numbers as (

    {{ dbt.generate_series(4) }}

),

cutoffs as (

    select
        cast(numbers.generated_number as integer) - 1 as cutoff_number,
        cast({{ dbt.dateadd(
            'day',
            '(1 - cast(numbers.generated_number as integer)) * '
            ~ var('value_horizon_days'),
            'build_dates.as_of',
        ) }} as date) as cutoff_date,
        recorded.first_recorded_date
    from build_dates
    cross join recorded
    cross join numbers

),

final as (

    select
        cutoff_number,
        cutoff_date,
        cast({{ dbt.dateadd('day', '-' ~ var('value_rate_days'), 'cutoff_date') }} as date)
            as rate_from_date,
        cast({{ dbt.dateadd('day', var('value_horizon_days'), 'cutoff_date') }} as date)
            as outcome_date,
        -- 0 where no transaction is recorded: not every company delivers them
        coalesce({{ dbt.datediff('first_recorded_date', 'cutoff_date', 'day') }} + 1, 0)
            as recorded_days
    from cutoffs
    -- what a rate comes to in a horizon, less than a horizon cannot tell
    where
        cutoff_number = 0
        or {{ dbt.datediff('first_recorded_date', 'cutoff_date', 'day') }} + 1
        >= {{ var('value_horizon_days') }}

)

select * from final
