with

sessions as (

    select * from {{ ref('silver_web_sessions') }}
    where visitor_id_type <> 'none' and ({{ var("include_bots") }} or not (is_bot or is_test))

),

last_day as (

    select max(date_day) as last_date
    from {{ ref('dim_date') }}

),

first_days as (

    select
        *,
        min(session_date) over (partition by visitor_key) as first_session_date
    from sessions

),

visitors as (

    select
        visitor_key,
        first_session_date,
        max(session_date) as last_session_date,
        count(*) as session_count,
        count(distinct session_date) as active_day_count,
        sum(conversion_count) as conversion_count,
        count(*) filter (where conversion_flag) as converted_session_count,
        bool_or(session_date = {{ dbt.dateadd('day', 1, 'first_session_date') }}) as came_on_day_1,
        bool_or(session_date = {{ dbt.dateadd('day', 7, 'first_session_date') }}) as came_on_day_7,
        bool_or(session_date = {{ dbt.dateadd('day', 30, 'first_session_date') }})
            as came_on_day_30
    from first_days
    group by visitor_key, first_session_date

),

ages_known as (

    select
        visitors.*,
        {{ dbt.datediff('visitors.first_session_date', 'last_day.last_date', 'day') }} as age_days,
        {{ dbt.datediff('visitors.last_session_date', 'last_day.last_date', 'day') }}
            as days_since_last
    from visitors
    cross join last_day

),

final as (

    select
        visitor_key,
        {{ date_key('first_session_date') }} as first_session_date_key,

        -- attributes
        case
            when session_count = 1 then '1'
            when session_count <= 3 then '2-3'
            when session_count <= 10 then '4-10'
            else '11+'
        end as frequency_band,
        case
            when days_since_last <= 7 then '0-7 days'
            when days_since_last <= 30 then '8-30 days'
            when days_since_last <= 90 then '31-90 days'
            else 'over 90 days'
        end as recency_band,

        -- a day is observed once it is over
        case when age_days > 1 then came_on_day_1 end as is_retained_day_1,
        case when age_days > 7 then came_on_day_7 end as is_retained_day_7,
        case when age_days > 30 then came_on_day_30 end as is_retained_day_30,

        -- measures
        cast(session_count as integer) as session_count,
        cast(active_day_count as integer) as active_day_count,
        cast(conversion_count as integer) as conversion_count,
        cast(converted_session_count as integer) as converted_session_count,
        first_session_date,
        last_session_date
    from ages_known

)

select * from final
