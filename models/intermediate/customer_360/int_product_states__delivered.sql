{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['product_relationship_id'],
    meta={'units': ['holding_key', 'source_customer_key']},
) }}

with

deliveries as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_products'),
        'product_relationship_id',
        [
            'relationship_timestamp', 'customer_id', 'account_id', 'product_id', 'product_status',
            'balance', 'transaction_count_30d', 'relationship_end_date', 'relationship_start_date',
        ],
    ) }}

),

keyed as (

    select
        *,
        case
            when customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'customer_id'
                ]) }}
        end as source_customer_key,
        replace(replace(lower(product_status), ' ', '_'), '-', '_') as status_code
    from deliveries

),

with_status as (

    select
        keyed.*,
        cast(keyed.relationship_timestamp as date) as state_date,
        coalesce(statuses.is_open, true) as is_open_status,
        statuses.is_dormant as is_dormant_status
    from keyed
    left join {{ ref('product_statuses') }} as statuses
        on keyed.status_code = statuses.product_status

),

final as (

    select

        -- keys: an account may turn into another product and stays the same holding
        product_relationship_id,
        case
            when source_customer_key is not null and account_id is not null
                then {{ surrogate_key(['source_customer_key', "'account'", 'account_id']) }}
            when source_customer_key is not null and product_id is not null
                then {{ surrogate_key(['source_customer_key', "'product'", 'product_id']) }}
        end as holding_key,
        source_customer_key,
        case
            when account_id is not null
                then {{ surrogate_key(["'" ~ var('default_source_system') ~ "'", 'account_id']) }}
        end as account_key,
        customer_id,
        '{{ var("default_source_system") }}' as source_system,
        product_id,

        -- what is held
        replace(replace(lower(product_type), ' ', '_'), '-', '_') as product_type,
        replace(replace(lower(product_category), ' ', '_'), '-', '_') as product_category,
        relationship_start_date,
        relationship_end_date,

        -- its state then
        state_date,
        status_code as product_status,
        is_open_status and coalesce(relationship_end_date > state_date, true) as is_open,
        coalesce(
            dormant_flag,
            is_dormant_status,
            {{ dbt.datediff('last_transaction_date', 'state_date', 'day') }}
            >= {{ var('product_dormant_days') }},
            false
        ) as is_dormant,
        coalesce(active_usage_flag, transaction_count_30d > 0) as is_used,
        coalesce(primary_product_flag, false) as is_primary,

        -- measures
        balance,
        credit_limit,
        utilization,
        last_transaction_date,
        transaction_count_30d,
        transaction_amount_30d,

        -- timestamps
        relationship_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from with_status

)

select * from final
