with

log as (

    select * from {{ ref('int_golden_ids__assigned') }}

),

current_customers as (

    select
        source_customer_key,
        customer_key
    from log
    qualify row_number() over (partition by source_customer_key order by derived_in_batch desc) = 1

),

minted as (

    select
        customer_key,
        source_customer_key as minted_by_source_customer_key,
        derived_in_batch as minted_in_batch
    from log
    where is_minted

),

holders as (

    select
        customer_key,
        count(*) as source_customer_count
    from current_customers
    where customer_key is not null
    group by customer_key

),

-- who left an id last, and where most of them are today
last_left as (

    select
        previous_customer_key,
        source_customer_key,
        derived_in_batch
    from log
    where previous_customer_key is not null
    qualify rank() over (partition by previous_customer_key order by derived_in_batch desc) = 1

),

successors as (

    select
        last_left.previous_customer_key as customer_key,
        last_left.derived_in_batch as retired_in_batch,
        current_customers.customer_key as successor_customer_key
    from last_left
    inner join current_customers
        on last_left.source_customer_key = current_customers.source_customer_key
    group by
        last_left.previous_customer_key,
        last_left.derived_in_batch,
        current_customers.customer_key
    qualify row_number() over (
        partition by last_left.previous_customer_key
        order by count(current_customers.customer_key) desc, current_customers.customer_key asc
    ) = 1

),

final as (

    select
        concat('G', lpad(lower(hex(minted.customer_key)), 16, '0')) as golden_id,
        minted.customer_key,
        minted.minted_by_source_customer_key,
        minted.minted_in_batch,
        case when holders.customer_key is null then 'retired' else 'active' end as golden_id_status,
        coalesce(holders.source_customer_count, 0) as source_customer_count,
        case
            when holders.customer_key is null then successors.retired_in_batch
        end as retired_in_batch,
        case
            when holders.customer_key is not null then minted.customer_key
            else successors.successor_customer_key
        end as resolves_to_customer_key
    from minted
    left join holders on minted.customer_key = holders.customer_key
    left join successors on minted.customer_key = successors.customer_key

)

select * from final
