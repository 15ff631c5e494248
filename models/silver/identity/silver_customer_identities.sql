{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['source_customer_key'],
    meta={
        'touched_by': {
            'source_customer_key': {'int_customer_identifiers__delivered': 'source_customer_key'},
        },
        'units': ['source_customer_key', 'customer_key'],
    },
) }}

with

final as (

    select distinct
        source_customer_key,
        'G' || cast(source_customer_key as string) as golden_id,
        source_customer_key as customer_key,
        {{ batch_number() }} as derived_in_batch
    from {{ ref('int_customer_identifiers__delivered') }}
    {% if is_incremental() %}
        where source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

)

select * from final
