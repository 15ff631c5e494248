with

days as (

    select
        customer_key,
        usage_date as seen_date
    from {{ ref('int_feature_customers__days') }}
    where events > 0
    union all
    select
        customer_key,
        session_date as seen_date
    from {{ ref('silver_web_sessions') }}

)

select
    customer_key,
    min(seen_date) as first_seen_date
from days
where customer_key is not null
group by customer_key
