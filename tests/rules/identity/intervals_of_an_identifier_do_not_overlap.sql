-- Each interval ends where the next begins, the last one never; and each has a length.
with intervals as (

    select
        identifier_key,
        valid_from_timestamp,
        valid_to_timestamp,
        lead(valid_from_timestamp) over (
            partition by identifier_key order by valid_from_timestamp
        ) as next_from_timestamp
    from {{ ref('silver_identity_map') }}

)

select *
from intervals
where
    valid_to_timestamp is distinct from next_from_timestamp
    or valid_from_timestamp >= valid_to_timestamp
