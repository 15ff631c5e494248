{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['customer_key', 'valid_from_date'],
    meta={
        'touched_by': {
            'customer_key': {
                'int_household_members__derived': 'customer_key',
                'silver_customer_identities': ['customer_key', 'source_customer_key'],
            },
        },
        'units': ['customer_key', 'household_key'],
    },
) }}

-- Who belongs together may change for people whom no new row names, so all is derived in each run;
-- only what differs from before is written.
-- depends_on: {{ ref('silver_customer_identities') }}
select
    customer_key,
    household_key,
    concat('H', lpad(lower(hex(household_key)), 16, '0')) as household_id,
    household_role,
    valid_from_date,
    valid_to_date,
    valid_to_date is null as is_current,
    evidence,
    {{ batch_number() }} as derived_in_batch
from {{ ref('int_household_members__derived') }}
