{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['record_key', 'block_key'],
    meta={
        'touched_by': {
            'block_key': {'int_identity_keys': 'block_key'},
        },
        'units': ['source_customer_key'],
    },
) }}

-- A value that so many share says nothing of a person, and its pairs would be without number.
with

keys as (

    select * from {{ ref('int_identity_keys') }}
    {% if is_incremental() %}
        where block_key in ({{ touched('block_key') }})
    {% endif %}

),

dropped_blocks as (

    select block_key
    from keys
    group by block_key
    having
        count(*) > {{ var('identity_block_records') }}
        or count(distinct first_initial) > {{ var('identity_identifier_initials') }}

),

final as (

    select
        keys.record_key,
        keys.block_key,
        keys.source_customer_key,
        keys.rule_bit,
        {{ batch_number() }} as derived_in_batch
    from keys
    inner join dropped_blocks on keys.block_key = dropped_blocks.block_key

)

select * from final
