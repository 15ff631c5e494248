{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['lineage_key'],
    meta={
        'touched_by': {'customer_key': {'int_golden_record__winners': 'customer_key'}},
        'units': ['customer_key'],
    },
) }}

with

winners as (

    select * from {{ ref('int_golden_record__winners') }}
    {% if is_incremental() %}
        where customer_key in ({{ touched('customer_key') }})
    {% endif %}

),

final as (

    select
        lineage_key,
        customer_key,
        attribute_name,
        valid_from_timestamp,
        valid_to_timestamp,
        valid_to_timestamp is null as is_current,
        {{ surrogate_key(['attribute_name', 'standard_value']) }} as value_hash,
        record_key,
        source_system,
        survivorship_rule,
        is_verified,
        telling_record_count,
        agreeing_record_count,
        {{ batch_number() }} as derived_in_batch
    from winners

)

select * from final
