{% set typed_fields = [
    'metric_date', 'total_revenue', 'total_costs', 'net_profit', 'customer_lifetime_value',
    'predicted_lifetime_value', 'risk_adjusted_value', 'wallet_share', 'share_of_wallet_potential',
    'profitability_score', 'churn_probability', 'retention_probability', 'cross_sell_propensity',
    'upsell_propensity', 'referral_propensity', 'metric_attributes', 'raw_payload',
    'metric_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'customer_value_metrics') }}

),

typed as (

    select

        -- ids
        {{ clean_text('metric_id') }} as metric_id,
        {{ clean_text('customer_id') }} as customer_id,

        -- what is measured
        {{ clean_text('metric_type') }} as metric_type,
        {{ clean_text('metric_period') }} as metric_period,
        try_cast(metric_date as date) as metric_date,

        -- money
        try_cast(total_revenue as decimal(18, 2)) as total_revenue,
        try_cast(total_costs as decimal(18, 2)) as total_costs,
        try_cast(net_profit as decimal(18, 2)) as net_profit,
        try_cast(customer_lifetime_value as decimal(18, 2)) as customer_lifetime_value,
        try_cast(predicted_lifetime_value as decimal(18, 2)) as predicted_lifetime_value,
        try_cast(risk_adjusted_value as decimal(18, 2)) as risk_adjusted_value,

        -- scores
        {{ within('try_cast(wallet_share as decimal(5, 2))', 0, 100) }} as wallet_share,
        {{ within('try_cast(share_of_wallet_potential as decimal(5, 2))', 0, 100) }}
            as share_of_wallet_potential,
        {{ within('try_cast(profitability_score as decimal(5, 2))', 0, 100) }}
            as profitability_score,

        -- probabilities
        {{ within('try_cast(churn_probability as decimal(5, 4))', 0, 1) }} as churn_probability,
        {{ within('try_cast(retention_probability as decimal(5, 4))', 0, 1) }}
            as retention_probability,
        {{ within('try_cast(cross_sell_propensity as decimal(5, 4))', 0, 1) }}
            as cross_sell_propensity,
        {{ within('try_cast(upsell_propensity as decimal(5, 4))', 0, 1) }} as upsell_propensity,
        {{ within('try_cast(referral_propensity as decimal(5, 4))', 0, 1) }} as referral_propensity,

        -- payloads
        {{ as_json('metric_attributes') }} as metric_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('metric_timestamp') }} as metric_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        metric_timestamp as delivered_timestamp,
        {{ raw_fields(typed_fields) }} as raw,
        {{ whole_row('source') }} as delivered_row

    from source

),

checked as (

    select
        *,
        {{ nulled_columns(typed_fields) }} as nulled_columns
    from typed

),

final as (

    select
        *,
        {{ rejection_reason('metric_id', 'metric_timestamp') }} as rejection_reason
    from checked

)

select * from final
