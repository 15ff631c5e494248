with

identities as (

    select * from {{ ref('silver_customer_identities') }}

),

latest_records as (

    select
        source_customer_key,
        record_timestamp
    from {{ ref('silver_source_customers') }}

),

final as (

    select

        -- keys
        identities.source_customer_key,
        identities.customer_key,

        -- attributes
        identities.source_system,
        identities.match_method,
        case
            when identities.cluster_size = 1 then 'alone'
            when identities.match_method = 'steward' then 'a person said so'
            when identities.match_confidence >= 0.999 then 'certain'
            when identities.match_confidence >= 0.99 then 'very likely'
            else 'likely'
        end as confidence_band,
        not identities.is_in_review as is_resolved,
        not identities.is_in_review and identities.match_method <> 'steward' as is_automatic,
        identities.is_in_review,
        row_number() over (
            partition by identities.customer_key, identities.source_system
            order by latest_records.record_timestamp, identities.source_customer_key
        ) > 1 as is_duplicate,
        identities.is_contradicted
        or identities.cluster_size > {{ var('identity_suspect_records') }} as is_over_merge_suspect,

        -- measures
        cast(round(identities.match_confidence, 4) as decimal(5, 4)) as match_confidence,
        identities.cluster_size,
        case when identities.cluster_size > 1 then 1 else 0 end as linked_count,
        case when identities.is_in_review then 1 else 0 end as in_review_count,

        -- timestamps
        latest_records.record_timestamp

    from identities
    left join latest_records
        on identities.source_customer_key = latest_records.source_customer_key

)

select * from final
