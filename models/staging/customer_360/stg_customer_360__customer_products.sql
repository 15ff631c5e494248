{% set typed_fields = [
    'relationship_start_date', 'relationship_end_date', 'primary_product_flag', 'balance',
    'credit_limit', 'utilization', 'transaction_count_30d', 'transaction_amount_30d',
    'last_transaction_date', 'active_usage_flag', 'dormant_flag', 'product_attributes',
    'raw_payload', 'relationship_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'customer_products') }}

),

typed as (

    select

        -- ids
        {{ clean_text('product_relationship_id') }} as product_relationship_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('product_id') }} as product_id,
        {{ clean_text('account_id') }} as account_id,

        -- the product
        {{ clean_text('product_type') }} as product_type,
        {{ clean_text('product_category') }} as product_category,
        {{ clean_text('product_status') }} as product_status,

        -- holding
        try_cast(relationship_start_date as date) as relationship_start_date,
        try_cast(relationship_end_date as date) as relationship_end_date,
        try_cast(primary_product_flag as boolean) as primary_product_flag,

        -- measures
        try_cast(balance as decimal(18, 2)) as balance,
        try_cast(credit_limit as decimal(18, 2)) as credit_limit,
        {{ within('try_cast(utilization as decimal(5, 2))', 0, 999.99) }} as utilization,
        {{ within(as_integer('transaction_count_30d'), 0, 1000000) }} as transaction_count_30d,
        try_cast(transaction_amount_30d as decimal(18, 2)) as transaction_amount_30d,
        try_cast(last_transaction_date as date) as last_transaction_date,

        -- flags
        try_cast(active_usage_flag as boolean) as active_usage_flag,
        try_cast(dormant_flag as boolean) as dormant_flag,

        -- payloads
        {{ as_json('product_attributes') }} as product_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('relationship_timestamp') }} as relationship_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        relationship_timestamp as delivered_timestamp,
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
        {{ rejection_reason(
            'product_relationship_id', 'relationship_timestamp',
            'relationship_start_date', 'relationship_end_date'
        ) }} as rejection_reason
    from checked

)

select * from final
