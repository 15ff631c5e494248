{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['lineage_key'],
    meta={
        'touched_by': {'customer_key': {'int_golden_record__decided': 'customer_key'}},
        'units': ['customer_key'],
    },
) }}

with

decided as (

    select
        *,
        {{ surrogate_key([
            'record_key', 'attribute_value', 'survivorship_rule', 'is_verified', 'telling_record_count',
            'agreeing_record_count',
        ]) }} as answer_key
    from {{ ref('int_golden_record__decided') }}
    {% if is_incremental() %}
        where customer_key in ({{ touched('customer_key') }})
    {% endif %}

),

-- a moment at which the answer stays is none; one at which nobody tells a value ends the last one
changed as (

    select *
    from decided
    qualify answer_key is distinct from lag(answer_key) over (
        partition by customer_key, attribute_name order by moment
    )

),

intervals as (

    select
        *,
        lead(moment) over (partition by customer_key, attribute_name order by moment) as next_moment
    from changed

),

final as (

    select
        decision_key as lineage_key,
        customer_key,
        attribute_name,
        moment as valid_from_timestamp,
        nullif(next_moment, timestamp '9999-12-31 00:00:00') as valid_to_timestamp,
        record_key,
        source_system,
        attribute_value,
        standard_value,
        survivorship_rule,
        is_verified,
        telling_record_count,
        agreeing_record_count,
        {{ batch_number() }} as derived_in_batch
    from intervals
    where record_key is not null

)

select * from final
