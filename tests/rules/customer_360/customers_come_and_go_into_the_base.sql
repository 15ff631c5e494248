-- The customers of a day are those of the day before, and who joined or returned, less who left:
-- nobody comes or goes unseen.
with

days as (

    select
        snapshot_date,
        sum(case when is_in_base then 1 else 0 end) as customers,
        sum(case when base_change in ('joined', 'returned') then 1 else 0 end) as came,
        sum(case when base_change = 'left' then 1 else 0 end) as went
    from {{ ref('fact_customer_daily_snapshot') }}
    group by snapshot_date

),

compared as (

    select
        *,
        coalesce(lag(customers) over (order by snapshot_date), 0) as customers_before,
        row_number() over (order by snapshot_date) as day_number
    from days

)

select * from compared
where customers <> customers_before + came - went and day_number > 1
