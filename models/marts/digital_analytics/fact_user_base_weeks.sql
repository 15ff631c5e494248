with

visitor_weeks as (

    select distinct
        visitor_key,
        cast(date_trunc('week', session_date) as date) as week_start_date
    from {{ ref('silver_web_sessions') }}
    where visitor_id_type <> 'none' and ({{ var("include_bots") }} or not (is_bot or is_test))

),

neighbours_seen as (

    select
        *,
        lag(week_start_date) over visitor as previous_week_seen
    from visitor_weeks
    window visitor as (partition by visitor_key order by week_start_date)

),

active_weeks as (

    select
        week_start_date,
        count(*) filter (where previous_week_seen is null) as new_visitors,
        count(*) filter (
            where previous_week_seen = {{ dbt.dateadd('day', -7, 'week_start_date') }}
        ) as returning_visitors,
        count(*) filter (
            where previous_week_seen < {{ dbt.dateadd('day', -7, 'week_start_date') }}
        ) as resurrected_visitors
    from neighbours_seen
    group by week_start_date

),

bounds as (

    select min(week_start_date) as first_week
    from visitor_weeks

),

-- weeks without a visitor count too: everybody known is dormant then
weeks as (

    select distinct dates.week_start_date
    from {{ ref('dim_date') }} as dates
    inner join bounds on dates.week_start_date >= bounds.first_week

),

counted as (

    select
        weeks.week_start_date,
        coalesce(active_weeks.new_visitors, 0) as new_visitors,
        coalesce(active_weeks.returning_visitors, 0) as returning_visitors,
        coalesce(active_weeks.resurrected_visitors, 0) as resurrected_visitors,
        sum(coalesce(active_weeks.new_visitors, 0)) over (
            order by weeks.week_start_date rows between unbounded preceding and current row
        ) as known_visitors
    from weeks
    left join active_weeks on weeks.week_start_date = active_weeks.week_start_date

),

final as (

    select
        {{ date_key('week_start_date') }} as week_start_date_key,
        cast(known_visitors as integer) as known_visitors,
        cast(new_visitors as integer) as new_visitors,
        cast(returning_visitors as integer) as returning_visitors,
        cast(resurrected_visitors as integer) as resurrected_visitors,
        cast(
            known_visitors - new_visitors - returning_visitors - resurrected_visitors as integer
        ) as dormant_visitors,
        week_start_date
    from counted

)

select * from final
