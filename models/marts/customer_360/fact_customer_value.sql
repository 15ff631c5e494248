{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['customer_value_key'],
    meta={'touched_by': {'customer_value_key': {'silver_customer_value': 'customer_value_key'}}},
) }}

select

    -- keys
    customer_value_key,
    {{ date_key('metric_date') }} as metric_date_key,
    customer_key,
    metric_date,
    metric_period,

    -- money of the period
    total_revenue,
    total_costs,
    net_profit,

    -- values as of the day
    customer_lifetime_value,
    predicted_lifetime_value,
    risk_adjusted_value,
    wallet_share,
    share_of_wallet_potential,
    profitability_score,

    -- what the source's models tell
    churn_probability,
    retention_probability,
    cross_sell_propensity,
    upsell_propensity,
    referral_propensity,
    told_churn_driver

from {{ ref('silver_customer_value') }}
{% if is_incremental() %}
    where customer_value_key in ({{ touched('customer_value_key') }})
{% endif %}
