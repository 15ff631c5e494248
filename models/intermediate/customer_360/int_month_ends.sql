with

build_dates as (select * from {{ ref('int_core__build_dates') }}),

numbers as (

    {{ dbt.generate_series(var('report_months')) }}

),

month_ends as (

    select
        build_dates.first_event_date,
        cast({{ dbt.dateadd(
            'day',
            -1,
            dbt.dateadd(
                'month',
                '1 - cast(numbers.generated_number as integer)',
                "cast(date_trunc('month', build_dates.as_of) as date)",
            ),
        ) }} as date) as report_date
    from build_dates
    cross join numbers

),

reported as (

    select report_date
    from month_ends
    where report_date >= first_event_date
    union distinct
    select as_of as report_date
    from build_dates

),

final as (

    select
        reported.report_date,
        -- a period ends with its report; the first one begins with its month
        coalesce(
            lag(reported.report_date) over (order by reported.report_date),
            cast({{ dbt.dateadd(
                'day', -1, "cast(date_trunc('month', reported.report_date) as date)"
            ) }} as date)
        ) as previous_report_date,
        reported.report_date = build_dates.as_of as is_build_date
    from reported
    cross join build_dates

)

select * from final
