-- In its own period a cohort is whole, later never larger; and the cohorts together are the
-- visitors first met in periods that are over.
with

last_day as (

    select
        max(date_day) as day_start,
        max(week_start_date) as week_start,
        max(month_start_date) as month_start
    from {{ ref('dim_date') }}

),

met as (

    select
        count(*) filter (where visitors.first_session_date < last_day.day_start) as day_visitors,
        count(*) filter (where visitors.first_session_date < last_day.week_start) as week_visitors,
        count(*) filter (where visitors.first_session_date < last_day.month_start)
            as month_visitors
    from {{ ref('fact_visitors') }} as visitors
    cross join last_day

),

cohorts as (

    select
        sum(case when period_kind = 'day' then cohort_visitors else 0 end) as day_visitors,
        sum(case when period_kind = 'week' then cohort_visitors else 0 end) as week_visitors,
        sum(case when period_kind = 'month' then cohort_visitors else 0 end) as month_visitors
    from {{ ref('fact_retention_cohorts') }}
    where periods_since = 0

)

select
    'the cohorts are not all visitors' as fault,
    cast(null as date) as cohort_start_date
from cohorts
cross join met
where
    coalesce(cohorts.day_visitors, 0) <> met.day_visitors
    or coalesce(cohorts.week_visitors, 0) <> met.week_visitors
    or coalesce(cohorts.month_visitors, 0) <> met.month_visitors
union all
select
    'more or fewer than the cohort' as fault,
    cohort_start_date
from {{ ref('fact_retention_cohorts') }}
where
    retained_visitors > cohort_visitors
    or returned_visitors > active_visitors
    or retained_visitors > returned_visitors
    or periods_since = 0 and (
        retained_visitors <> cohort_visitors or returned_visitors <> active_visitors
    )
