{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['state_key'],
    meta={
        'touched_by': {
            'household_key': {
                'int_household_states__derived': 'household_key',
                'silver_household_members': 'household_key',
            },
        },
        'units': ['state_key', 'household_key'],
    },
) }}

-- Derived anew in each run, since it is small; only what differs from before is written.
-- depends_on: {{ ref('silver_household_members') }}
select
    state_key,
    household_key,
    valid_from_date,
    valid_to_date,
    valid_to_date is null as is_current,
    household_since_date,
    household_type_code,
    household_size,
    generation_count,
    churned_member_count,
    is_churned,
    begins_churn,
    total_products,
    total_balance,
    total_deposits,
    total_loans,
    household_revenue_ytd,
    household_lifetime_value,
    satisfaction_answers,
    satisfaction_sum,
    {{ batch_number() }} as derived_in_batch
from {{ ref('int_household_states__derived') }}
