{{ config(materialized='table') }}

with

identities as (select * from {{ ref('silver_customer_identities') }}),

records as (select * from {{ ref('silver_source_customers') }}),

outcomes as (select * from {{ ref('int_next_best_actions__outcomes') }}),

build_dates as (select * from {{ ref('int_core__build_dates') }}),

-- who has only records that are closed, or of tests, is no customer any more
members as (

    select
        identities.customer_key,
        coalesce(
            lower(records.customer_status) not in ('closed', 'churned', 'deceased', 'test')
            and lower(coalesce(records.customer_type, '')) <> 'test',
            true
        ) as is_open
    from identities
    left join records on identities.source_customer_key = records.source_customer_key
    union all
    select
        customer_key,
        true as is_open
    from outcomes
    where customer_key not in (select identities.customer_key from identities)

),

customers as (

    select
        customer_key,
        bool_or(is_open) as is_open
    from members
    group by customer_key

),

-- the day after the build date, and every day on which chance chose for the customer
final as (

    select
        customers.customer_key,
        cast(build_dates.as_of + interval '1' day as date) as moment_date,
        true as is_next_day,
        customers.is_open
    from customers
    cross join build_dates
    union all
    select distinct
        outcomes.customer_key,
        cast(outcomes.recommendation_timestamp as date) as moment_date,
        false as is_next_day,
        true as is_open
    from outcomes
    cross join build_dates
    where
        outcomes.is_random_arm
        and outcomes.customer_key is not null
        and cast(outcomes.recommendation_timestamp as date) <= build_dates.as_of

)

select * from final
