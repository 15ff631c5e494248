{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['identifier_id'],
    meta={'units': ['source_customer_key']},
) }}

with

deliveries as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_identifiers'),
        'identifier_id',
        ['identifier_timestamp', 'source_system', 'source_customer_id'],
    ) }}

),

final as (

    select
        identifier_id,
        {{ surrogate_key(['source_system', 'source_customer_id']) }} as source_customer_key,
        identifier_type,
        identifier_value,
        identifier_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from deliveries

)

select * from final
