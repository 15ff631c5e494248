{{ config(
    materialized='connected_components',
    unique_key=['source_customer_key'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'int_identity_records__standardised': 'source_customer_key',
                'int_identity_pairs__decided': [
                    'left_source_customer_key', 'right_source_customer_key',
                ],
            },
        },
        'units': ['source_customer_key'],
    },
) }}

with

customers as (

    select distinct source_customer_key from {{ ref('int_identity_records__standardised') }}

),

{% if is_incremental() %}

    touched_customers as ({{ touched('source_customer_key') }}),

    -- whoever was in one component with a touched customer may be in another one now
    affected_customers as (

        select source_customer_key from touched_customers
        union
        select known.source_customer_key
        from {{ this }} as known
        where
            known.component_key in (
                select touched_components.component_key
                from {{ this }} as touched_components
                where
                    touched_components.source_customer_key in (
                        select touched_customers.source_customer_key from touched_customers
                    )
            )

    ),

{% endif %}

final as (

    select
        source_customer_key as left_key,
        source_customer_key as right_key,
        cast(null as double) as match_weight,
        false as is_contradiction
    from customers
    {% if is_incremental() %}
        where
            source_customer_key in (
                select affected.source_customer_key from affected_customers as affected
            )
    {% endif %}
    union all
    select
        pairs.left_source_customer_key,
        pairs.right_source_customer_key,
        pairs.match_weight
        + case when pairs.match_method in ('tax_id', 'ssn_and_birth_date') then 100 else 0 end
            as match_weight,
        pairs.is_contradiction
    from {{ ref('int_identity_pairs__decided') }} as pairs
    where
        (pairs.decision = 'link' or pairs.is_contradiction)
        {% if is_incremental() %}
            and pairs.left_source_customer_key in (
                select affected.source_customer_key from affected_customers as affected
            )
        {% endif %}

)

select * from final
