{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['metric_id'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'int_customer_values__delivered': 'source_customer_key',
                'silver_customer_identities': 'source_customer_key',
            },
        },
        'units': ['customer_key', 'source_customer_key'],
    },
) }}

with

-- a period or a day that is measured again counts as it was measured last
latest_values as (

    select * from {{ ref('int_customer_values__delivered') }}
    where
        source_customer_key is not null
        and coalesce(metric_type, '{{ var("value_metric_type") }}')
        = '{{ var("value_metric_type") }}'
        {% if is_incremental() %}
            and source_customer_key in ({{ touched('source_customer_key') }})
        {% endif %}
    qualify
        row_number() over (
            partition by source_customer_key, metric_period
            order by metric_timestamp desc, metric_id desc
        ) = 1
        and row_number() over (
            partition by source_customer_key, metric_date
            order by metric_timestamp desc, metric_id desc
        ) = 1

),

final as (

    select
        measured.metric_id,
        coalesce(identities.customer_key, measured.source_customer_key) as customer_key,
        measured.source_customer_key,
        measured.customer_id,
        measured.source_system,
        measured.metric_period,
        measured.metric_date,
        measured.metric_timestamp,
        measured.total_revenue,
        measured.total_costs,
        measured.net_profit,
        measured.customer_lifetime_value,
        measured.predicted_lifetime_value,
        measured.risk_adjusted_value,
        measured.wallet_share,
        measured.share_of_wallet_potential,
        measured.profitability_score,
        measured.churn_probability,
        measured.retention_probability,
        measured.cross_sell_propensity,
        measured.upsell_propensity,
        measured.referral_propensity,
        measured.told_churn_driver,
        {{ batch_number() }} as derived_in_batch
    from latest_values as measured
    left join {{ ref('silver_customer_identities') }} as identities
        on measured.source_customer_key = identities.source_customer_key

)

select * from final
