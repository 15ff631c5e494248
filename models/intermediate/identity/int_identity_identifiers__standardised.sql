{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['source_customer_key', 'identifier_key'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'int_identity_records__contacts': 'source_customer_key',
                'int_identity_identifiers__valued': 'source_customer_key',
            },
        },
        'units': ['source_customer_key'],
    },
) }}

with

{% if is_incremental() %}
    touched_customers as ({{ touched('source_customer_key') }}),
{% endif %}

identifiers as (

    select
        source_customer_key,
        identifier_kind,
        value_space,
        identifier_value,
        is_verified
    from {{ ref('int_identity_identifiers__valued') }}
    {% for column, kind in {
        'email': 'email', 'tax_id': 'tax_id', 'phone_mobile': 'phone', 'phone_primary': 'phone',
        'phone_work': 'phone'
    }.items() %}
        union all
        select
            source_customer_key,
            '{{ kind }}' as identifier_kind,
            '{{ kind }}' as value_space,
            {{ column }} as identifier_value,
            false as is_verified
        from {{ ref('int_identity_records__contacts') }}
        where {{ column }} is not null
    {% endfor %}

),

keyed as (

    select
        source_customer_key,
        identifier_kind,
        {{ surrogate_key(['value_space', 'identifier_value']) }} as identifier_key,
        is_verified
    from identifiers
    {% if is_incremental() %}
        where
            source_customer_key in (select touched_customers.source_customer_key from touched_customers)
    {% endif %}

),

final as (

    select
        source_customer_key,
        identifier_kind,
        identifier_key,
        bool_or(is_verified) as is_verified,
        {{ batch_number() }} as derived_in_batch
    from keyed
    group by source_customer_key, identifier_kind, identifier_key

)

select * from final
