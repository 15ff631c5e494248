with

identities as (select * from {{ ref('silver_customer_identities') }}),

-- whoever a record, an identifier or behaviour names
source_customers as (

    select
        source_customer_key,
        source_system
    from identities
    union distinct
    select
        source_customer_key,
        source_system
    from {{ ref('silver_source_customers') }}
    union distinct
    select
        source_customer_key,
        source_system
    from {{ ref('silver_seen_customers') }}

),

-- the latest record of a person is the first
members as (

    select
        coalesce(identities.customer_key, named.source_customer_key) as customer_key,
        identities.golden_id,
        named.source_customer_key,
        named.source_system,
        records.customer_type,
        records.customer_status,
        records.country,
        records.customer_since_date,
        records.source_customer_key is not null as has_record,
        row_number() over (
            partition by coalesce(identities.customer_key, named.source_customer_key)
            order by
                case when records.source_customer_key is null then 1 else 0 end asc,
                records.record_timestamp desc nulls last,
                named.source_customer_key asc
        ) as record_rank
    from source_customers as named
    left join identities on named.source_customer_key = identities.source_customer_key
    left join {{ ref('silver_source_customers') }} as records
        on named.source_customer_key = records.source_customer_key

),

final as (

    select
        customer_key,
        max(golden_id) as golden_id,
        min_by(source_system, record_rank) as source_system,
        min_by(customer_type, record_rank) filter (where customer_type is not null)
            as customer_type,
        min_by(customer_status, record_rank) filter (where customer_status is not null)
            as customer_status,
        min_by(country, record_rank) filter (where country is not null) as country,
        min(customer_since_date) as customer_since_date,
        cast(count(distinct source_system) as integer) as source_system_count,
        cast(count(*) as integer) as source_customer_count,
        not bool_or(has_record) as is_inferred
    from members
    group by customer_key

)

select * from final
