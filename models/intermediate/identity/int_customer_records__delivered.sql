{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['record_key'],
    meta={
        'units': ['source_customer_key'],
    },
) }}

with

records as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_master'),
        'record_id',
        ['record_timestamp', 'source_system', 'source_customer_id'],
    ) }}

),

final as (

    select
        {{ surrogate_key(['record_id']) }} as record_key,
        {{ surrogate_key([
            'source_system', "coalesce(source_customer_id, 'record ' || record_id)"
        ]) }}
            as source_customer_key,
        record_id,
        source_system,
        source_customer_id,
        customer_type,
        customer_status,
        country,
        customer_since_date,
        email_address,
        record_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from records

)

select * from final
