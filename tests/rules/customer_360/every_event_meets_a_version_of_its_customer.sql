-- No behaviour is older than the first version of who did it.
with

first_versions as (

    select
        customer_key,
        min(effective_from) as known_from
    from {{ ref('dim_customer') }}
    group by customer_key

)

select
    seen.source_customer_key,
    seen.first_seen_timestamp,
    first_versions.known_from
from {{ ref('silver_seen_customers') }} as seen
left join {{ ref('silver_customer_identities') }} as identities
    on seen.source_customer_key = identities.source_customer_key
left join first_versions
    on
        coalesce(identities.customer_key, seen.source_customer_key)
        = first_versions.customer_key
where
    first_versions.known_from is null
    or seen.first_seen_timestamp < first_versions.known_from
