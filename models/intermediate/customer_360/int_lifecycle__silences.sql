with

starts as (select * from {{ ref('int_lifecycle__starts') }}),

active_days as (

    select
        members.customer_key,
        active_days.activity_date,
        sum(active_days.transaction_count) as transaction_count
    from {{ ref('int_lifecycle__activity_days') }} as active_days
    inner join {{ ref('int_lifecycle__members') }} as members
        on active_days.source_customer_key = members.source_customer_key
    group by members.customer_key, active_days.activity_date

),

-- silence can be heard only since somebody listens
observed as (select min(activity_date) as observed_from from active_days),

-- a customer is heard on the day of becoming one, or on the first day of listening
heard as (

    select
        customer_key,
        activity_date,
        transaction_count
    from active_days
    union all
    select
        starts.customer_key,
        greatest(starts.became_customer_date, observed.observed_from) as activity_date,
        0 as transaction_count
    from starts
    cross join observed
    where starts.became_customer_date is not null and observed.observed_from is not null

),

heard_days as (

    select
        customer_key,
        activity_date,
        sum(transaction_count) as transaction_count
    from heard
    group by customer_key, activity_date

),

final as (

    select
        heard_days.customer_key,
        heard_days.activity_date,
        heard_days.transaction_count,
        coalesce({{ dbt.datediff(
            'lag(heard_days.activity_date) over of_customer', 'heard_days.activity_date', 'day'
        ) }}, 0) as silent_days,
        lead(heard_days.activity_date) over of_customer as next_date
    from heard_days
    inner join starts on heard_days.customer_key = starts.customer_key
    where heard_days.activity_date >= starts.became_customer_date
    window
        of_customer as (
            partition by heard_days.customer_key order by heard_days.activity_date
        )

)

select * from final
