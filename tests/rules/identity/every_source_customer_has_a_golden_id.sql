-- Every customer that a record or an identifier names is in the crosswalk once, and nobody else is.
{{ config(group='identity') }}
with

named as (

    select distinct source_customer_key from {{ ref('int_customer_records__delivered') }}
    union
    select source_customer_key
    from {{ ref('int_customer_identifiers__delivered') }}
    where source_customer_id is not null

),

found as (

    select
        source_customer_key,
        count(*) as found_rows
    from {{ ref('silver_customer_identities') }}
    group by source_customer_key

)

select
    named.source_customer_key as named_key,
    found.source_customer_key as found_key,
    found.found_rows
from named
full outer join found on named.source_customer_key = found.source_customer_key
where named.source_customer_key is null or coalesce(found.found_rows, 0) <> 1
