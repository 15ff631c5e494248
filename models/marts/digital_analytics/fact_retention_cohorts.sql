{# kind of period: its first day in dim_date, and how many periods a cohort is followed #}
{% set kinds = {
    'day': ['date_day', var('retention_days')],
    'week': ['week_start_date', var('retention_weeks')],
    'month': ['month_start_date', var('retention_months')],
} %}

with

visitor_days as (

    select distinct
        visitor_key,
        session_date
    from {{ ref('silver_web_sessions') }}
    where visitor_id_type <> 'none' and ({{ var("include_bots") }} or not (is_bot or is_test))

),

-- periods are numbered, so that some periods later is a sum
calendar as (

    {% for kind, (first_day, last_period) in kinds.items() %}
        select
            '{{ kind }}' as period_kind,
            {{ last_period }} as last_period,
            date_day,
            {{ first_day }} as period_start_date,
            dense_rank() over (order by {{ first_day }}) as period_number
        from {{ ref('dim_date') }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

periods as (

    select distinct
        period_kind,
        last_period,
        period_start_date,
        period_number,
        max(period_number) over (partition by period_kind) as current_period_number
    from calendar

),

visitor_periods as (

    select
        calendar.period_kind,
        calendar.last_period,
        visitor_days.visitor_key,
        calendar.period_number,
        calendar.period_number = min(calendar.period_number) over (
            partition by calendar.period_kind, visitor_days.visitor_key
        ) as is_first
    from visitor_days
    inner join calendar on visitor_days.session_date = calendar.date_day
    group by
        calendar.period_kind,
        calendar.last_period,
        visitor_days.visitor_key,
        calendar.period_number

),

cohorts as (

    select
        period_kind,
        period_number,
        count(*) as active_visitors,
        count(*) filter (where is_first) as cohort_visitors
    from visitor_periods
    group by period_kind, period_number

),

returns as (

    select
        earlier.period_kind,
        earlier.period_number,
        later.period_number as later_period_number,
        count(*) as returned_visitors,
        count(*) filter (where earlier.is_first) as retained_visitors
    from visitor_periods as earlier
    inner join visitor_periods as later
        on
            earlier.visitor_key = later.visitor_key
            and earlier.period_kind = later.period_kind
            and earlier.period_number <= later.period_number
            and earlier.period_number + earlier.last_period >= later.period_number
    group by earlier.period_kind, earlier.period_number, later.period_number

),

-- the calendar's last period is not over
followed as (

    select
        cohorts.*,
        periods.period_start_date as cohort_start_date,
        later.period_number as later_period_number
    from cohorts
    inner join periods
        on
            cohorts.period_kind = periods.period_kind
            and cohorts.period_number = periods.period_number
    inner join periods as later
        on
            periods.period_kind = later.period_kind
            and periods.period_number <= later.period_number
            and periods.period_number + periods.last_period >= later.period_number
            and later.period_number < later.current_period_number

),

final as (

    select
        {{ surrogate_key([
            'followed.period_kind',
            'followed.cohort_start_date',
            'followed.later_period_number - followed.period_number',
        ]) }} as retention_cohort_key,
        {{ date_key('followed.cohort_start_date') }} as cohort_start_date_key,
        followed.period_kind,
        cast(followed.later_period_number - followed.period_number as integer) as periods_since,
        cast(followed.cohort_visitors as integer) as cohort_visitors,
        cast(coalesce(returns.retained_visitors, 0) as integer) as retained_visitors,
        cast(followed.active_visitors as integer) as active_visitors,
        cast(coalesce(returns.returned_visitors, 0) as integer) as returned_visitors,
        followed.cohort_start_date
    from followed
    left join returns
        on
            followed.period_kind = returns.period_kind
            and followed.period_number = returns.period_number
            and followed.later_period_number = returns.later_period_number

)

select * from final
