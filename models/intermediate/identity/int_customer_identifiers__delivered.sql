{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['identifier_row_key'],
    meta={
        'units': ['source_customer_key'],
    },
) }}

with

identifiers as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_identifiers'),
        'identifier_id',
        [
            'identifier_timestamp', 'source_system', 'source_customer_id', 'identifier_type',
            'identifier_value',
        ],
    ) }}

),

final as (

    select
        {{ surrogate_key(['identifier_id']) }} as identifier_row_key,
        {{ surrogate_key([
            'source_system', "coalesce(source_customer_id, 'identifier ' || identifier_id)",
        ]) }} as source_customer_key,
        identifier_id,
        source_system,
        source_customer_id,
        identifier_type,
        identifier_value,
        identifier_status,
        verified_flag,
        verification_date,
        verification_method,
        primary_flag,
        effective_from,
        effective_to,
        identifier_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from identifiers

)

select * from final
