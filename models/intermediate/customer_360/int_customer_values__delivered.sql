{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['metric_id'],
    meta={'units': ['source_customer_key']},
) }}

with

deliveries as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_value_metrics'),
        'metric_id',
        [
            'metric_timestamp', 'metric_date', 'customer_id', 'metric_type', 'metric_period',
            'total_revenue', 'total_costs', 'net_profit', 'churn_probability',
        ],
    ) }}

),

final as (

    select
        metric_id,
        case
            when customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'customer_id'
                ]) }}
        end as source_customer_key,
        customer_id,
        '{{ var("default_source_system") }}' as source_system,
        lower(metric_type) as metric_type,
        -- the period in the source's words, else the month's first day
        coalesce(
            lower(metric_period),
            cast(
                cast(date_trunc('month', coalesce(metric_date, metric_timestamp)) as date)
                as string
            )
        ) as metric_period,
        -- nothing is measured of days to come
        least(metric_date, cast(metric_timestamp as date)) as metric_date,
        total_revenue,
        total_costs,
        coalesce(net_profit, cast(total_revenue - total_costs as decimal(18, 2))) as net_profit,
        customer_lifetime_value,
        predicted_lifetime_value,
        wallet_share,
        share_of_wallet_potential,
        profitability_score,
        risk_adjusted_value,
        churn_probability,
        retention_probability,
        cross_sell_propensity,
        upsell_propensity,
        referral_propensity,
        lower({{ json_text('metric_attributes', 'churn_drivers[0]') }}) as told_churn_driver,
        metric_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from deliveries

)

select * from final
