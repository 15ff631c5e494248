with

build_dates as (

    select * from {{ ref('int_core__build_dates') }}

),

numbers as (

    {{ dbt.generate_series(40000) }}

),

-- whole years back from the first event, and not a day after the last: a metric that fills gaps
-- along this spine must not run into the future
days as (

    select
        greatest(build_dates.last_event_date, build_dates.as_of) as last_date,
        cast({{ dbt.dateadd(
            'day',
            'cast(numbers.generated_number as integer) - 1',
            "cast(date_trunc('year', build_dates.first_event_date) as date)",
        ) }} as date) as date_day
    from build_dates
    cross join numbers

),

parts as (

    select
        *,
        year(date_day) as calendar_year,
        month(date_day) as month_of_year,
        cast(date_trunc('week', date_day) as date) as week_start_date
    from days
    where date_day <= last_date

),

final as (

    select
        {{ date_key('date_day') }} as date_key,
        date_day,
        cast(calendar_year as integer) as calendar_year,
        cast(quarter(date_day) as integer) as quarter_of_year,
        cast(month_of_year as integer) as month_of_year,
        case month_of_year
            when 1 then 'January' when 2 then 'February' when 3 then 'March'
            when 4 then 'April' when 5 then 'May' when 6 then 'June'
            when 7 then 'July' when 8 then 'August' when 9 then 'September'
            when 10 then 'October' when 11 then 'November' else 'December'
        end as month_name,
        cast(date_trunc('month', date_day) as date) as month_start_date,
        week_start_date,
        cast(weekofyear(date_day) as integer) as iso_week,
        cast(day(date_day) as integer) as day_of_month,
        cast({{ dbt.datediff('week_start_date', 'date_day', 'day') }} + 1 as integer)
            as day_of_week,
        case {{ dbt.datediff('week_start_date', 'date_day', 'day') }}
            when 0 then 'Monday' when 1 then 'Tuesday' when 2 then 'Wednesday'
            when 3 then 'Thursday' when 4 then 'Friday' when 5 then 'Saturday'
            else 'Sunday'
        end as day_name,
        {{ dbt.datediff('week_start_date', 'date_day', 'day') }} >= 5 as is_weekend
    from parts

)

select * from final
