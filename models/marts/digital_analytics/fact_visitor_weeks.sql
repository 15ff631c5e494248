with

visitor_weeks as (

    select
        visitor_key,
        cast(date_trunc('week', session_date) as date) as week_start_date,
        count(*) as session_count
    from {{ ref('silver_web_sessions') }}
    where visitor_id_type <> 'none' and ({{ var("include_bots") }} or not (is_bot or is_test))
    group by all

),

last_day as (

    select max(date_day) as last_date
    from {{ ref('dim_date') }}

),

neighbours_seen as (

    select
        *,
        lead(week_start_date) over visitor as next_week_seen,
        lag(week_start_date) over visitor as previous_week_seen,
        first_value(week_start_date) over visitor as first_week_seen
    from visitor_weeks
    window visitor as (partition by visitor_key order by week_start_date)

),

final as (

    select
        {{ surrogate_key(['seen.visitor_key', 'seen.week_start_date']) }} as visitor_week_key,
        seen.visitor_key,
        {{ date_key('seen.week_start_date') }} as week_start_date_key,
        seen.previous_week_seen is null as is_first_week,
        -- a week is followed up only when the next one is over
        case
            when {{ dbt.dateadd('day', 13, 'seen.week_start_date') }} <= last_day.last_date
                then coalesce(
                    seen.next_week_seen = {{ dbt.dateadd('day', 7, 'seen.week_start_date') }},
                    false
                )
        end as is_retained,
        -- who stayed away is won back by coming within four weeks more
        case
            when
                {{ dbt.dateadd('day', 41, 'seen.week_start_date') }} <= last_day.last_date
                and coalesce(
                    seen.next_week_seen > {{ dbt.dateadd('day', 7, 'seen.week_start_date') }}, true
                )
                then coalesce(
                    seen.next_week_seen <= {{ dbt.dateadd('day', 35, 'seen.week_start_date') }},
                    false
                )
        end as is_won_back,
        case
            when seen.previous_week_seen is null then 'new'
            when seen.previous_week_seen = {{ dbt.dateadd('day', -7, 'seen.week_start_date') }}
                then 'returning'
            else 'resurrected'
        end as lifecycle_stage,
        cast({{ dbt.datediff(
            'seen.first_week_seen', 'seen.week_start_date', 'day'
        ) }} / 7 as integer) as weeks_since_first,
        cast(seen.session_count as integer) as session_count,
        seen.week_start_date
    from neighbours_seen as seen
    cross join last_day

)

select * from final
