with

identities as (select * from {{ ref('silver_customer_identities') }}),

-- whoever a record, an identifier or behaviour names, and when first
named as (

    select
        source_customer_key,
        source_system,
        source_customer_id,
        cast(null as timestamp) as evidence_timestamp,
        cast(null as timestamp) as record_timestamp
    from identities
    union all
    select
        source_customer_key,
        source_system,
        source_customer_id,
        first_seen_timestamp as evidence_timestamp,
        null as record_timestamp
    from {{ ref('silver_seen_customers') }}
    union all
    select
        source_customer_key,
        source_system,
        null as source_customer_id,
        identifier_timestamp as evidence_timestamp,
        null as record_timestamp
    from {{ ref('silver_customer_identifiers') }}
    union all
    select
        source_customer_key,
        source_system,
        source_customer_id,
        record_timestamp as evidence_timestamp,
        record_timestamp
    from {{ ref('silver_customer_records') }}

),

source_customers as (

    select
        source_customer_key,
        min(source_system) as source_system,
        min(source_customer_id) as source_customer_id,
        min(evidence_timestamp) as first_evidence_timestamp,
        max(record_timestamp) as last_record_timestamp
    from named
    group by source_customer_key

),

members as (

    select
        coalesce(identities.customer_key, named.source_customer_key) as customer_key,
        identities.golden_id,
        identities.match_method,
        identities.match_confidence,
        identities.is_in_review,
        identities.is_contradicted,
        named.*,
        row_number() over (
            partition by coalesce(identities.customer_key, named.source_customer_key)
            order by named.last_record_timestamp desc nulls last, named.source_customer_key asc
        ) as member_rank,
        row_number() over (
            partition by coalesce(identities.customer_key, named.source_customer_key)
            order by identities.match_confidence asc nulls last, named.source_customer_key asc
        ) as weakness_rank,
        row_number() over (
            partition by
                coalesce(identities.customer_key, named.source_customer_key), named.source_system
            order by named.source_customer_key
        ) as system_member_number
    from source_customers as named
    left join identities on named.source_customer_key = identities.source_customer_key

),

final as (

    select
        customer_key,
        max(golden_id) as golden_id,
        min_by(source_system, member_rank) as latest_source_system,
        {{ collected(
            'case when system_member_number = 1 then source_system end', 'source_system'
        ) }} as source_systems,
        {{ collected('source_customer_id', 'source_customer_key') }} as source_customer_ids,
        cast(count(distinct source_system) as integer) as source_system_count,
        cast(count(*) as integer) as source_customer_count,
        count(last_record_timestamp) = 0 as is_inferred,
        min(first_evidence_timestamp) as first_evidence_timestamp,
        max(last_record_timestamp) as last_record_timestamp,
        -- a chain is as strong as its weakest link
        min(match_confidence) as match_confidence,
        min_by(match_method, weakness_rank) as match_method,
        coalesce(bool_or(is_in_review), false) as is_in_review,
        coalesce(bool_or(is_contradicted), false) as is_contradicted
    from members
    group by customer_key

)

select * from final
