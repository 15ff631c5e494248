{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['source_customer_key', 'identifier_kind', 'identifier_key'],
    meta={
        'touched_by': {
            'source_customer_key': {'int_customer_identifiers__delivered': 'source_customer_key'},
        },
        'units': ['source_customer_key'],
    },
) }}

with

final as (

    select distinct
        source_customer_key,
        'email' as identifier_kind,
        {{ surrogate_key(["'email'", 'lower(identifier_value)']) }} as identifier_key,
        {{ batch_number() }} as derived_in_batch
    from {{ ref('int_customer_identifiers__delivered') }}
    where
        identifier_type = 'email'
        {% if is_incremental() %}
            and source_customer_key in ({{ touched('source_customer_key') }})
        {% endif %}

)

select * from final
