{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['source_customer_key'],
    meta={
        'touched_by': {
            'source_customer_key': {'int_customer_records__delivered': 'source_customer_key'},
        },
    },
) }}

with

-- a source system sends a customer again when something changed: the last version counts
latest_records as (

    select *
    from {{ ref('int_customer_records__delivered') }}
    {% if is_incremental() %}
        where source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}
    qualify row_number() over (
        partition by source_customer_key
        order by record_timestamp desc, ingestion_timestamp desc, record_id asc
    ) = 1

),

final as (

    select
        source_customer_key,
        source_system,
        source_customer_id,
        customer_type,
        customer_status,
        country,
        customer_since_date,
        record_timestamp
    from latest_records

)

select * from final
