-- on each day the sizes of all households add up to the customers in them, and each has one head
with

snapshots as (

    select
        snapshot_date,
        sum(household_size) as members,
        count(*) as households
    from {{ ref('fact_household_daily_snapshot') }}
    group by snapshot_date

),

days as (

    select
        snapshots.*,
        count(members.customer_key) as members_by_interval,
        count(case when members.household_role = 'head' then 1 end) as heads
    from snapshots
    left join {{ ref('silver_household_members') }} as members
        on
            snapshots.snapshot_date >= members.valid_from_date
            and snapshots.snapshot_date
            < coalesce(members.valid_to_date, date '9999-12-31')
    group by snapshots.snapshot_date, snapshots.members, snapshots.households

)

select * from days
where members <> members_by_interval or households <> heads
