{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['customer_value_key'],
    meta={
        'touched_by': {
            'customer_key': {'int_customer_values__restated': 'customer_key'},
        },
        'units': ['customer_value_key', 'customer_key', 'source_customer_key'],
    },
) }}

{% set sums = [
    'total_revenue', 'total_costs', 'net_profit', 'customer_lifetime_value',
    'predicted_lifetime_value', 'risk_adjusted_value',
] %}
{% set scores = [
    'profitability_score', 'churn_probability', 'retention_probability', 'cross_sell_propensity',
    'upsell_propensity', 'referral_propensity', 'told_churn_driver',
] %}

with

-- of the accounts of one person the one that earns most is the first: a person has one probability
measurements as (

    select
        *,
        row_number() over (
            partition by customer_key, metric_date
            order by total_revenue desc nulls last, source_customer_key asc, metric_period desc
        ) as account_rank
    from {{ ref('int_customer_values__restated') }}
    {% if is_incremental() %}
        where customer_key in ({{ touched('customer_key') }})
    {% endif %}

),

final as (

    select
        {{ surrogate_key(['customer_key', 'metric_date']) }} as customer_value_key,
        customer_key,
        metric_date,
        min_by(source_customer_key, account_rank) as source_customer_key,
        min_by(customer_id, account_rank) as customer_id,
        min_by(source_system, account_rank) as source_system,
        max(metric_period) as metric_period,
        max(metric_timestamp) as metric_timestamp,
        {% for column in sums %}
            cast(sum({{ column }}) as decimal(18, 2)) as {{ column }},
        {% endfor %}
        -- each account tells the part of the wallet that it has
        cast(
            case when sum(wallet_share) > 100 then 100 else sum(wallet_share) end as decimal(5, 2)
        ) as wallet_share,
        min(share_of_wallet_potential) as share_of_wallet_potential,
        {% for column in scores %}
            min_by({{ column }}, account_rank) filter (where {{ column }} is not null)
                as {{ column }},
        {% endfor %}
        cast(count(*) as integer) as measured_account_count,
        {{ batch_number() }} as derived_in_batch
    from measurements
    group by customer_key, metric_date

)

select * from final
