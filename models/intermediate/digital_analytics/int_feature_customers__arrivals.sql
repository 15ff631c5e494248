with

days as (

    select
        customer_key,
        cast(usage_timestamp as date) as seen_date
    from {{ ref('silver_feature_usage') }}
    where
        feature_id is not null
        and ({{ var("include_bots") }} or not (is_bot or is_test))
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
