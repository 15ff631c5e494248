-- New, returning and resurrected visitors of a week are those with a session in it, and with the
-- dormant ones they are everybody who had a session by its end.
with

visitor_weeks as (

    select distinct
        sessions.visitor_key,
        dates.week_start_date
    from {{ ref('fact_web_sessions') }} as sessions
    inner join {{ ref('dim_date') }} as dates on sessions.session_date_key = dates.date_key
    where sessions.is_identified

),

active as (

    select
        week_start_date,
        count(*) as visitors
    from visitor_weeks
    group by week_start_date

),

first_weeks as (

    select
        visitor_key,
        min(week_start_date) as week_start_date
    from visitor_weeks
    group by visitor_key

),

met as (

    select
        week_start_date,
        count(*) as visitors
    from first_weeks
    group by week_start_date

),

counted as (

    select
        base.week_start_date,
        base.new_visitors,
        base.new_visitors + base.returning_visitors + base.resurrected_visitors as lively_visitors,
        base.known_visitors,
        base.dormant_visitors,
        coalesce(active.visitors, 0) as active_visitors,
        coalesce(met.visitors, 0) as met_visitors,
        sum(coalesce(met.visitors, 0)) over (order by base.week_start_date) as visitors_so_far
    from {{ ref('fact_user_base_weeks') }} as base
    left join met on base.week_start_date = met.week_start_date
    left join active on base.week_start_date = active.week_start_date

)

select *
from counted
where
    lively_visitors <> active_visitors
    or new_visitors <> met_visitors
    or known_visitors <> visitors_so_far
    or known_visitors <> lively_visitors + dormant_visitors
