with

numbers as (

    {{ dbt.generate_series(var("segment_history_months")) }}

),

build_dates as (select * from {{ ref('int_core__build_dates') }}),

-- before anybody was seen there is nobody to segment; before its first year the calendar has no
-- days
firsts as (

    select
        greatest(
            min(first_stages.first_seen_date),
            min(cast(date_trunc('year', build_dates.first_event_date) as date))
        ) as first_date
    from {{ ref('int_lifecycle__starts') }} as first_stages
    cross join build_dates

),

dates as (

    select as_of as as_of_date
    from build_dates
    union distinct
    select
        cast({{ dbt.dateadd(
            'day',
            '-1',
            dbt.dateadd(
                'month',
                '1 - cast(numbers.generated_number as integer)',
                "cast(date_trunc('month', build_dates.as_of) as date)",
            ),
        ) }} as date) as as_of_date
    from numbers
    cross join build_dates

),

final as (

    select
        dates.as_of_date,
        dates.as_of_date = build_dates.as_of as is_current,
        {{ dbt.dateadd('day', 1, 'dates.as_of_date') }}
        = date_trunc('month', {{ dbt.dateadd('day', 1, 'dates.as_of_date') }}) as is_month_end,
        lag(dates.as_of_date) over (order by dates.as_of_date) as previous_date
    from dates
    cross join build_dates
    cross join firsts
    where dates.as_of_date >= firsts.first_date

)

select * from final
