with

history as (select * from {{ ref('silver_customer_lifecycle_history') }}),

calendar as (

    select
        date_key,
        date_day
    from {{ ref('dim_date') }}

),

first_days as (select min(date_day) as first_day from calendar),

-- who comes and goes on one day is not there in the evening
changes as (

    select
        lifecycle_stage,
        stage_start_date as change_date,
        1 as entries,
        0 as exits
    from history
    union all
    select
        lifecycle_stage,
        stage_end_date as change_date,
        0 as entries,
        1 as exits
    from history
    where stage_end_date is not null

),

-- what was before the calendar is there on its first day
by_day as (

    select
        changes.lifecycle_stage,
        greatest(changes.change_date, first_days.first_day) as change_date,
        sum(changes.entries - changes.exits) as gained,
        sum(case when changes.change_date >= first_days.first_day then changes.entries else 0 end)
            as entries,
        sum(case when changes.change_date >= first_days.first_day then changes.exits else 0 end)
            as exits
    from changes
    cross join first_days
    group by changes.lifecycle_stage, greatest(changes.change_date, first_days.first_day)

),

firsts as (

    select
        lifecycle_stage,
        min(change_date) as first_date
    from by_day
    group by lifecycle_stage

),

days as (

    select
        firsts.lifecycle_stage,
        calendar.date_key,
        calendar.date_day,
        coalesce(by_day.gained, 0) as gained,
        coalesce(by_day.entries, 0) as entries,
        coalesce(by_day.exits, 0) as exits
    from firsts
    inner join calendar on firsts.first_date <= calendar.date_day
    left join by_day
        on
            firsts.lifecycle_stage = by_day.lifecycle_stage
            and calendar.date_day = by_day.change_date

),

final as (

    select
        {{ surrogate_key(['lifecycle_stage', 'date_key']) }} as stage_day_key,
        date_key as snapshot_date_key,
        {{ surrogate_key(['lifecycle_stage']) }} as lifecycle_stage_key,
        date_day as snapshot_date,
        lifecycle_stage as lifecycle_stage_code,
        cast(sum(gained) over (
            partition by lifecycle_stage order by date_day
            rows between unbounded preceding and current row
        ) as bigint) as customers,
        cast(entries as bigint) as entries,
        cast(exits as bigint) as exits
    from days

)

select * from final
