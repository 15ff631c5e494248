{{ config(group='customer_360') }}

with

snapshots as (

    select * from {{ ref('silver_customer_segment_snapshots') }}
    where is_current

),

customers as (

    select
        count(*) as customers,
        max(as_of_date) as as_of_date
    from {{ ref('int_segments__customers') }}
    where is_current

),

published as (

    select
        segment_scheme,
        count(distinct customer_key) as published_customers,
        count(distinct case when is_new then customer_key end) as newly_published_customers
    from {{ ref('silver_segment_publishing_list') }}
    group by segment_scheme

),

by_scheme as (

    select
        segment_scheme,
        count(*) as segmented_customers,
        max(assignment_date) as last_assignment_date
    from snapshots
    group by segment_scheme

),

final as (

    select
        by_scheme.segment_scheme,
        customers.as_of_date,
        customers.customers,
        by_scheme.segmented_customers,
        1.0 * by_scheme.segmented_customers / customers.customers as segmented_share,
        1.0 * by_scheme.segmented_customers / customers.customers
        >= {{ var("segmented_share") }} as is_service_level_met,
        coalesce(published.published_customers, 0) as published_customers,
        coalesce(published.newly_published_customers, 0) as newly_published_customers,
        {{ dbt.datediff('by_scheme.last_assignment_date', 'customers.as_of_date', 'day') }}
            as days_since_last_assignment
    from by_scheme
    cross join customers
    left join published on by_scheme.segment_scheme = published.segment_scheme

)

select * from final
