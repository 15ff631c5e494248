{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['source_customer_key'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'int_identity_records__standardised': 'source_customer_key',
                'int_golden_ids__assigned': 'source_customer_key',
                'int_identity_evidence': 'source_customer_key',
            },
            'customer_key': {
                'int_golden_ids__assigned': ['customer_key', 'previous_customer_key'],
            },
        },
        'units': ['source_customer_key', 'customer_key'],
    },
) }}

with

assigned as (

    select
        source_customer_key,
        customer_key,
        derived_in_batch as assigned_batch,
        min(derived_in_batch) over (partition by source_customer_key) as first_assigned_batch
    from {{ ref('int_golden_ids__assigned') }}
    qualify row_number() over (
        partition by source_customer_key order by derived_in_batch desc
    ) = 1

),

sized as (

    select
        *,
        count(*) over (partition by customer_key) as cluster_size
    from assigned
    where customer_key is not null

),

customers as (

    select
        source_customer_key,
        min(source_system) as source_system,
        min(source_customer_id) as source_customer_id
    from {{ ref('int_identity_records__standardised') }}
    group by source_customer_key

),

final as (

    select
        sized.source_customer_key,
        customers.source_system,
        customers.source_customer_id,
        concat('G', lpad(lower(hex(sized.customer_key)), 16, '0')) as golden_id,
        sized.customer_key,
        case
            when sized.cluster_size = 1 then 'alone' else evidence.match_method
        end as match_method,
        evidence.match_confidence,
        cast(sized.cluster_size as integer) as cluster_size,
        coalesce(evidence.is_in_review, false) as is_in_review,
        coalesce(evidence.is_contradicted, false) as is_contradicted,
        sized.first_assigned_batch,
        sized.assigned_batch,
        {{ batch_number() }} as derived_in_batch
    from sized
    inner join customers on sized.source_customer_key = customers.source_customer_key
    left join {{ ref('int_identity_evidence') }} as evidence
        on sized.source_customer_key = evidence.source_customer_key
    {% if is_incremental() %}
        where
            sized.source_customer_key in ({{ touched('source_customer_key') }})
            or sized.customer_key in ({{ touched('customer_key') }})
    {% endif %}

)

select * from final
