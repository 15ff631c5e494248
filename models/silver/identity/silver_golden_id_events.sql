{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
) }}

-- What happened to golden ids, of the log's rows: which is only added to, and so is this.
with

log as (

    select * from {{ ref('int_golden_ids__assigned') }}
    {% if is_incremental() %}
        where derived_in_batch > {{ last_batch_of(model.name) }}
    {% endif %}

),

moves as (

    select
        derived_in_batch,
        case change_type when 'restored' then 'unmerged' else change_type end as event_type,
        previous_customer_key,
        customer_key,
        count(*) as source_customer_count
    from log
    where change_type in ('merged', 'split', 'restored')
    group by derived_in_batch, change_type, previous_customer_key, customer_key

),

mints as (

    select
        derived_in_batch,
        'minted' as event_type,
        cast(null as bigint) as previous_customer_key,
        customer_key,
        1 as source_customer_count
    from log
    where is_minted

),

ends as (

    select
        derived_in_batch,
        'left' as event_type,
        previous_customer_key,
        cast(null as bigint) as customer_key,
        count(*) as source_customer_count
    from log
    where change_type = 'gone'
    group by derived_in_batch, previous_customer_key

),

events as (

    select * from moves
    union all
    select * from mints
    union all
    select * from ends

),

final as (

    select
        {{ surrogate_key([
            'derived_in_batch', 'event_type', 'previous_customer_key', 'customer_key',
        ]) }} as event_key,
        derived_in_batch as batch_number,
        event_type,
        concat('G', lpad(lower(hex(previous_customer_key)), 16, '0')) as from_golden_id,
        concat('G', lpad(lower(hex(customer_key)), 16, '0')) as to_golden_id,
        cast(source_customer_count as bigint) as source_customer_count
    from events

)

select * from final
