with

build_dates as (select * from {{ ref('int_core__build_dates') }}),

recorded as (

    select min(activity_date) as first_recorded_date
    from {{ ref('int_customer_activity__days') }}
    where sessions > 0 or transaction_count > 0

),

-- what was before behaviour was recorded nobody can score: who had left by then is mostly not told
reports as (

    select
        months.report_date as scored_date,
        months.is_build_date,
        recorded.first_recorded_date,
        row_number() over (order by months.report_date desc) as report_number
    from {{ ref('int_month_ends') }} as months
    cross join recorded
    where
        coalesce(
            months.report_date >= {{ dbt.dateadd('day', -1, 'recorded.first_recorded_date') }},
            true
        )

),

horizons as (

    {% for days in [30, 60, 90] %}
        select {{ days }} as horizon_days
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

windows as (

    select
        reports.scored_date,
        reports.is_build_date,
        reports.first_recorded_date,
        horizons.horizon_days,
        cast({{ dbt.dateadd('day', 'horizons.horizon_days', 'reports.scored_date') }} as date)
            as outcome_date
    from reports
    cross join horizons
    where reports.report_number <= {{ var('churn_score_months') }}

),

final as (

    select
        windows.scored_date,
        windows.is_build_date,
        windows.first_recorded_date,
        cast(windows.horizon_days as integer) as horizon_days,
        windows.outcome_date,
        windows.outcome_date <= build_dates.as_of as is_over
    from windows
    cross join build_dates

)

select * from final
