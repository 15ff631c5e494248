{{ config(materialized='table') }}

with

identities as (select * from {{ ref('silver_customer_identities') }}),

visits as (

    select
        customer_key,
        session_date as activity_date,
        count(*) as sessions,
        count(case when app_session_count > 0 then 1 end) as app_sessions
    from {{ ref('silver_sessions') }}
    where customer_key is not null and not (is_background or is_bot or is_test)
    group by customer_key, session_date

),

money as (

    select
        customer_key,
        event_date as activity_date,
        count(*) as transaction_count,
        sum(case when event_value > 0 then event_value else 0 end) as transaction_value
    from {{ ref('silver_customer_events') }}
    where
        customer_key is not null
        and is_transaction
        and not (is_bot or is_test)
    group by customer_key, event_date

),

told_steps as (

    select
        coalesce(identities.customer_key, told.source_customer_key) as customer_key,
        cast(told.event_timestamp as date) as activity_date,
        count(*) as told_steps
    from {{ ref('silver_customer_lifecycle_events') }} as told
    left join identities on told.source_customer_key = identities.source_customer_key
    where
        told.source_customer_key is not null
        and told.to_stage_code not in ('prospect', 'at_risk', 'dormant', 'churned')
    group by
        coalesce(identities.customer_key, told.source_customer_key),
        cast(told.event_timestamp as date)

),

found as (

    select
        customer_key,
        activity_date,
        sessions,
        app_sessions,
        0 as transaction_count,
        cast(0 as decimal(18, 2)) as transaction_value,
        0 as told_steps
    from visits
    union all
    select
        customer_key,
        activity_date,
        0 as sessions,
        0 as app_sessions,
        transaction_count,
        transaction_value,
        0 as told_steps
    from money
    union all
    select
        customer_key,
        activity_date,
        0 as sessions,
        0 as app_sessions,
        0 as transaction_count,
        cast(0 as decimal(18, 2)) as transaction_value,
        told_steps
    from told_steps

),

final as (

    select
        customer_key,
        activity_date,
        cast(sum(sessions) as integer) as sessions,
        cast(sum(app_sessions) as integer) as app_sessions,
        cast(sum(transaction_count) as integer) as transaction_count,
        cast(sum(transaction_value) as decimal(18, 2)) as transaction_value,
        cast(sum(told_steps) as integer) as told_steps
    from found
    group by customer_key, activity_date

)

select * from final
