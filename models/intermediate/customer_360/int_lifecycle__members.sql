{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['source_customer_key'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'silver_customer_identities': 'source_customer_key',
                'silver_seen_customers': 'source_customer_key',
            },
        },
        'units': ['source_customer_key', 'customer_key'],
    },
) }}

with

named as (

    select source_customer_key
    from {{ ref('silver_customer_identities') }}
    union distinct
    select source_customer_key
    from {{ ref('silver_seen_customers') }}

),

final as (

    select
        named.source_customer_key,
        coalesce(identities.customer_key, named.source_customer_key) as customer_key,
        identities.golden_id,
        {{ batch_number() }} as derived_in_batch
    from named
    left join {{ ref('silver_customer_identities') }} as identities
        on named.source_customer_key = identities.source_customer_key
    {% if is_incremental() %}
        where named.source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

)

select * from final
