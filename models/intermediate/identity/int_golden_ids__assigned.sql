{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

-- A log that is only added to, by a full refresh too: nothing else knows which id was whose.
with

known as (

    {% if is_incremental() %}
        select * from {{ this }}
    {% else %}
        select
            source_customer_key,
            component_key as customer_key,
            component_key as previous_customer_key,
            '' as change_type,
            false as is_minted,
            derived_in_batch
        from {{ ref('int_identity_components') }}
        where 1 = 0
    {% endif %}

),

-- what each record's last row says; null where it was gone
held as (

    select * from known
    qualify row_number() over (partition by source_customer_key order by derived_in_batch desc) = 1

),

minted as (

    select * from known
    where is_minted

),

-- an id goes where most of its records went …
claims as (

    select
        components.component_key,
        held.customer_key,
        minted.derived_in_batch,
        count(*) as records
    from {{ ref('int_identity_components') }} as components
    inner join held on components.source_customer_key = held.source_customer_key
    inner join minted on held.customer_key = minted.customer_key
    group by components.component_key, held.customer_key, minted.derived_in_batch
    qualify row_number() over (
        partition by held.customer_key
        -- of equal parts, that of whoever it was given for: an un-merge gives each its own
        order by
            count(*) desc,
            bool_or(held.source_customer_key = minted.source_customer_key) desc,
            components.component_key asc
    ) = 1

),

-- … and of the ids that come together the oldest stays
kept as (

    select
        component_key,
        customer_key
    from claims
    qualify row_number() over (
        partition by component_key order by derived_in_batch asc, records desc, customer_key asc
    ) = 1

),

-- records that were merged into another customer and part from it again take their id back
restored as (

    select
        components.component_key,
        held.previous_customer_key as customer_key
    from held
    inner join {{ ref('int_identity_components') }} as components
        on held.source_customer_key = components.source_customer_key
    inner join minted
        on
            held.previous_customer_key = minted.customer_key
            and held.source_customer_key = minted.source_customer_key
    where
        held.change_type = 'merged'
        and components.component_key not in (select kept.component_key from kept)
        and held.previous_customer_key not in (select claims.customer_key from claims)
    qualify row_number() over (
        partition by components.component_key order by minted.derived_in_batch, minted.customer_key
    ) = 1

),

-- a new id is the key of the record that mints it; a record that mints again, a hash of that
new_ids as (

    select
        components.component_key,
        case
            when count(minted.customer_key) = 0 then components.component_key
            else {{ hash_63_bits(['components.component_key', 'count(minted.customer_key)']) }}
        end as customer_key
    from {{ ref('int_identity_components') }} as components
    left join minted on components.component_key = minted.source_customer_key
    where
        components.source_customer_key = components.component_key
        and components.component_key not in (select kept.component_key from kept)
        and components.component_key not in (select restored.component_key from restored)
    group by components.component_key

),

given as (

    select * from kept
    union all
    select * from restored
    union all
    select * from new_ids

),

final as (

    select
        coalesce(components.source_customer_key, held.source_customer_key) as source_customer_key,
        given.customer_key,
        held.customer_key as previous_customer_key,
        case
            when given.customer_key is null then 'gone'
            when held.customer_key is null then 'new'
            when given.customer_key in (select restored.customer_key from restored) then 'restored'
            when held.customer_key in (select kept.customer_key from kept) then 'split'
            else 'merged'
        end as change_type,
        given.customer_key in (select new_ids.customer_key from new_ids)
        and components.source_customer_key = given.component_key as is_minted,
        {{ batch_number() }} as derived_in_batch
    from {{ ref('int_identity_components') }} as components
    inner join given on components.component_key = given.component_key
    full outer join held on components.source_customer_key = held.source_customer_key
    where given.customer_key is distinct from held.customer_key

)

select * from final
