{{ config(group='identity') }}

with

identities as (select * from {{ ref('silver_customer_identities') }}),

by_system as (

    select
        source_system,
        count(*) as source_customers,
        count(distinct customer_key) as golden_customers,
        count(case when cluster_size > 1 then 1 end) as linked_customers,
        count(case when is_in_review then 1 end) as customers_in_review,
        count(case when is_contradicted then 1 end) as contradicted_customers
    from identities
    group by source_system

),

final as (

    select
        by_system.*,
        build_dates.as_of as as_of_date,
        1.0 * by_system.customers_in_review / by_system.source_customers as review_share,
        1.0 * by_system.customers_in_review / by_system.source_customers
        <= {{ var("identity_review_share") }} as is_service_level_met
    from by_system
    cross join {{ ref('int_core__build_dates') }} as build_dates

)

select * from final
