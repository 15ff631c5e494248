{% set days_ago = dbt.datediff('active_days.activity_date', 'customers.as_of_date', 'day') %}
{% set is_recent = days_ago ~ ' < ' ~ var("engagement_window_days") %}

{{ config(materialized='table') }}

with

dates as (select * from {{ ref('int_segments__dates') }}),

people as (

    select
        customer_key,
        min(source_customer_key) as first_source_customer_key
    from {{ ref('int_lifecycle__members') }}
    group by customer_key

),

-- who was a customer in the evening: neither a prospect nor churned
customers as (

    select
        history.customer_key,
        dates.as_of_date,
        dates.previous_date,
        dates.is_current,
        dates.is_month_end,
        history.lifecycle_stage
    from {{ ref('silver_customer_lifecycle_history') }} as history
    inner join dates
        on
            history.stage_start_date <= dates.as_of_date
            and (history.stage_end_date > dates.as_of_date or history.stage_end_date is null)
    where history.lifecycle_stage not in ('prospect', 'churned')

),

active_days as (

    select
        members.customer_key,
        active_days.activity_date,
        sum(active_days.transaction_count) as transaction_count,
        sum(active_days.amount) as amount,
        sum(active_days.online_count) as online_count,
        sum(active_days.personal_count) as personal_count
    from {{ ref('int_lifecycle__activity_days') }} as active_days
    inner join {{ ref('int_lifecycle__members') }} as members
        on active_days.source_customer_key = members.source_customer_key
    group by members.customer_key, active_days.activity_date

),

observed as (select min(activity_date) as observed_from from active_days),

activity as (

    select
        customers.customer_key,
        customers.as_of_date,
        max(case when active_days.transaction_count > 0 then active_days.activity_date end)
            as last_transaction_date,
        sum(active_days.transaction_count) as transaction_count,
        sum(active_days.amount) as amount,
        count(case when {{ is_recent }} then 1 end) as active_day_count,
        sum(case when {{ is_recent }} then active_days.online_count else 0 end) as online_count,
        sum(case when {{ is_recent }} then active_days.personal_count else 0 end) as personal_count,
        sum(case when {{ is_recent }} then active_days.transaction_count else 0 end)
            as recent_transaction_count
    from customers
    inner join active_days
        on
            customers.customer_key = active_days.customer_key
            and customers.as_of_date >= active_days.activity_date
            and {{ days_ago }} < {{ var("rfm_window_days") }}
    group by customers.customer_key, customers.as_of_date

),

worth as (

    select
        customers.customer_key,
        customers.as_of_date,
        sum(worths.total_revenue) as revenue,
        sum(worths.net_profit) as profit,
        max_by(worths.customer_lifetime_value, worths.metric_date) filter (
            where worths.customer_lifetime_value is not null
        ) as customer_lifetime_value
    from customers
    inner join {{ ref('silver_customer_value') }} as worths
        on
            customers.customer_key = worths.customer_key
            and customers.as_of_date >= worths.metric_date
            and {{ dbt.datediff('worths.metric_date', 'customers.as_of_date', 'day') }} < 365
    group by customers.customer_key, customers.as_of_date

),

-- the golden record's word, as in dim_customer
born as (

    select
        customer_key,
        cast(attribute_value as date) as date_of_birth
    from {{ ref('int_golden_record__winners') }}
    where attribute_name = 'date_of_birth' and valid_to_timestamp is null

),

final as (

    select
        people.first_source_customer_key,
        customers.*,
        customers.as_of_date >= observed.observed_from as is_observed,
        {{ dbt.datediff('activity.last_transaction_date', 'customers.as_of_date', 'day') }}
            as recency_days,
        coalesce(activity.transaction_count, 0) as transaction_count,
        coalesce(activity.amount, 0) as amount,
        coalesce(activity.active_day_count, 0) as active_day_count,
        coalesce(activity.online_count, 0) as online_count,
        coalesce(activity.personal_count, 0) as personal_count,
        coalesce(activity.recent_transaction_count, 0) as recent_transaction_count,
        worth.revenue,
        worth.profit,
        worth.customer_lifetime_value,
        cast(floor(
            ({{ date_key('customers.as_of_date') }} - {{ date_key('born.date_of_birth') }}) / 10000
        ) as integer) as age
    from customers
    cross join observed
    inner join people on customers.customer_key = people.customer_key
    left join activity
        on
            customers.customer_key = activity.customer_key
            and customers.as_of_date = activity.as_of_date
    left join worth
        on customers.customer_key = worth.customer_key and customers.as_of_date = worth.as_of_date
    left join born on customers.customer_key = born.customer_key

)

select * from final
