{% set changed = {
    'int_identity_records__standardised': 'source_customer_key',
    'int_identity_identifiers__standardised': 'source_customer_key',
    'int_identity_keys__dropped': 'source_customer_key',
    'int_identity_steward_decisions': [
        'left_source_customer_key', 'right_source_customer_key',
    ],
} %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['left_record_key', 'right_record_key'],
    meta={
        'touched_by': {
            'left_source_customer_key': changed,
            'right_source_customer_key': changed,
        },
    },
) }}

-- Pairs that share a key that is worth something. The smaller source customer is the left one.
-- depends_on: {{ ref('int_identity_identifiers__standardised') }},
-- {{ ref('int_identity_keys__dropped') }}, {{ ref('int_identity_steward_decisions') }},
-- {{ ref('int_identity_records__standardised') }}
with

{% if is_incremental() %}
    touched_customers as ({{ touched('left_source_customer_key') }}),
{% endif %}

touched_keys as (

    select * from {{ ref('int_identity_keys') }}
    {% if is_incremental() %}
        where
            source_customer_key in (
                select touched_customers.left_source_customer_key from touched_customers
            )
    {% endif %}

),

-- without the dropped ones, before they meet: what many share would make pairs without number
our_keys as (

    select touched_keys.*
    from touched_keys
    left join {{ ref('int_identity_keys__dropped') }} as dropped
        on
            touched_keys.block_key = dropped.block_key
            and touched_keys.record_key = dropped.record_key
    where dropped.block_key is null

),

met as (

    select
        ours.rule_bit,
        ours.source_customer_key < theirs.source_customer_key as is_left,
        ours.source_customer_key,
        ours.record_key,
        theirs.source_customer_key as other_source_customer_key,
        theirs.record_key as other_record_key
    from our_keys as ours
    inner join {{ ref('int_identity_keys') }} as theirs
        on ours.block_key = theirs.block_key and ours.rule_bit = theirs.rule_bit
    where
        {% if is_incremental() %}
            ours.source_customer_key <> theirs.source_customer_key
        {% else %}
            ours.source_customer_key < theirs.source_customer_key
        {% endif %}

),

final as (

    select
        case when is_left then record_key else other_record_key end as left_record_key,
        case when is_left then other_record_key else record_key end as right_record_key,
        min(least(source_customer_key, other_source_customer_key)) as left_source_customer_key,
        min(greatest(source_customer_key, other_source_customer_key)) as right_source_customer_key,
        bit_or(rule_bit) as shared_rules,
        -- of every pair that was looked at again, equal or not: the records behind it are others
        {{ batch_number() }} as blocked_in_batch
    from met
    group by 1, 2

)

select * from final
