{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['state_key'],
    meta={'touched_by': {'state_key': {'silver_product_holdings': 'state_key'}}},
) }}

select

    -- keys
    state_key,
    customer_key,
    product_key,
    cast(holding_key as string) as holding_id,

    -- the interval
    valid_from_date,
    valid_to_date,
    is_current,
    opened_date,
    closed_date,

    -- the state in it
    product_type,
    product_category,
    balance_kind,
    product_status,
    is_reported,
    is_open,
    is_active,
    is_dormant,
    is_used,
    is_primary,

    -- measures
    balance,
    credit_limit,
    utilization,
    last_transaction_date,
    transaction_count_30d,
    transaction_amount_30d,
    case when is_current and is_open then 1 else 0 end as open_holding_count

from {{ ref('silver_product_holdings') }}
{% if is_incremental() %}
    where state_key in ({{ touched('state_key') }})
{% endif %}
