{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['source_customer_key'],
    meta={
        'touched_by': {
            'source_customer_key': {'int_customer_records__delivered': 'source_customer_key'},
        },
        'units': ['source_customer_key', 'customer_key'],
    },
) }}

-- STUB: who has the same e-mail is the same person, by the key of the member that was known first
with

latest_records as (

    select *
    from {{ ref('int_customer_records__delivered') }}
    qualify row_number() over (
        partition by source_customer_key
        order by record_timestamp desc, ingestion_timestamp desc, record_id asc
    ) = 1

),

known as (

    {% if is_incremental() %}
        select
            source_customer_key,
            first_assigned_batch
        from {{ this }}
    {% else %}
        select
            cast(0 as bigint) as source_customer_key,
            cast(0 as bigint) as first_assigned_batch
        where false
    {% endif %}

),

people as (

    select
        records.*,
        coalesce(lower(records.email_address), cast(records.source_customer_key as string))
            as person,
        coalesce(known.first_assigned_batch, {{ batch_number() }}) as first_assigned_batch
    from latest_records as records
    left join known on records.source_customer_key = known.source_customer_key

),

final as (

    select
        source_customer_key,
        source_system,
        source_customer_id,
        'G' || cast(
            first_value(source_customer_key) over oldest_first as string
        ) as golden_id,
        first_value(source_customer_key) over oldest_first as customer_key,
        'e-mail' as match_method,
        cast(1 as double) as match_confidence,
        cast(count(*) over (partition by person) as integer) as cluster_size,
        false as is_in_review,
        first_assigned_batch,
        first_assigned_batch as assigned_batch,
        {{ batch_number() }} as derived_in_batch
    from people
    window oldest_first as (
        partition by person order by first_assigned_batch, source_customer_key
    )

)

select * from final
