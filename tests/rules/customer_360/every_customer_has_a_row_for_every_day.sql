-- From the first day in the snapshot to the build date each customer has one row a day, no more and
-- no fewer.
with

counted as (

    select
        customer_key,
        count(*) as row_count,
        count(distinct snapshot_date) as different_days,
        min(snapshot_date) as first_day,
        max(snapshot_date) as last_day
    from {{ ref('fact_customer_daily_snapshot') }}
    group by customer_key

)

select counted.*
from counted
cross join {{ ref('int_core__build_dates') }} as build_dates
where
    counted.row_count <> counted.different_days
    or counted.row_count <> {{ dbt.datediff('counted.first_day', 'counted.last_day', 'day') }} + 1
    or counted.last_day <> build_dates.as_of
