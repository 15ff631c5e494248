{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
) }}

-- The log of golden ids, which remembers what no other table can tell again: it is only ever added to, also
-- by a full refresh. Each component takes over an id of its records, or gets a new one.
with

components as (

    select * from {{ ref('int_identity_components') }}

),

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
        from components
        where 1 = 0
    {% endif %}

),

-- what each record's last row says; null where it was gone
held as (

    select * from known
    qualify row_number() over (partition by source_customer_key order by derived_in_batch desc) = 1

),

minted as (

    select
        customer_key,
        source_customer_key,
        derived_in_batch as minted_in_batch
    from known
    where is_minted

),

shared_records as (

    select
        components.component_key,
        held.customer_key,
        minted.minted_in_batch,
        count(*) as records
    from components
    inner join held on components.source_customer_key = held.source_customer_key
    inner join minted on held.customer_key = minted.customer_key
    group by components.component_key, held.customer_key, minted.minted_in_batch

),

-- an id goes where most of its records went …
claims as (

    select * from shared_records
    qualify row_number() over (
        partition by customer_key order by records desc, component_key asc
    ) = 1

),

-- … and of the ids that come together the oldest stays
kept as (

    select
        component_key,
        customer_key
    from claims
    qualify row_number() over (
        partition by component_key
        order by minted_in_batch asc, records desc, customer_key asc
    ) = 1

),

-- records that were merged into another customer and part from it again take their id back with them
restored as (

    select
        components.component_key,
        held.previous_customer_key as customer_key
    from held
    inner join components on held.source_customer_key = components.source_customer_key
    inner join minted
        on
            held.previous_customer_key = minted.customer_key
            and held.source_customer_key = minted.source_customer_key
    where
        held.change_type = 'merged'
        and components.component_key not in (select kept.component_key from kept)
        and held.previous_customer_key not in (
            select in_use.customer_key from held as in_use where in_use.customer_key is not null
        )
    qualify row_number() over (
        partition by components.component_key
        order by minted.minted_in_batch asc, held.previous_customer_key asc
    ) = 1

),

mints_so_far as (

    select
        source_customer_key,
        count(*) as mints
    from minted
    group by source_customer_key

),

-- a new id is the key of the record that mints it; a record that mints again, a hash of that
new_ids as (

    select
        components.component_key,
        case
            when mints_so_far.mints is null then components.component_key
            else {{ hash_63_bits(['components.component_key', 'mints_so_far.mints']) }}
        end as customer_key
    from components
    left join mints_so_far on components.component_key = mints_so_far.source_customer_key
    where
        components.source_customer_key = components.component_key
        and components.component_key not in (select kept.component_key from kept)
        and components.component_key not in (select restored.component_key from restored)

),

given as (

    select *, 'kept' as given_how from kept
    union all
    select *, 'restored' as given_how from restored
    union all
    select *, 'minted' as given_how from new_ids

),

final as (

    select
        coalesce(components.source_customer_key, held.source_customer_key) as source_customer_key,
        given.customer_key,
        held.customer_key as previous_customer_key,
        case
            when given.customer_key is null then 'gone'
            when held.customer_key is null then 'new'
            when given.given_how = 'restored' then 'restored'
            when held.customer_key in (select kept.customer_key from kept) then 'split'
            else 'merged'
        end as change_type,
        given.given_how = 'minted' and components.source_customer_key = given.component_key as is_minted,
        {{ batch_number() }} as derived_in_batch
    from components
    inner join given on components.component_key = given.component_key
    full outer join held on components.source_customer_key = held.source_customer_key
    where given.customer_key is distinct from held.customer_key

)

select * from final
