{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['complaint_key'],
    meta={
        'touched_by': {
            'complaint_key': {'silver_customer_complaints': 'complaint_key'},
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
    },
) }}

with

complaints as (

    select
        complaints.*,
        coalesce(products.product_key, -1) as product_key
    from {{ ref('silver_customer_complaints') }} as complaints
    left join {{ ref('silver_product_words') }} as products
        on lower(complaints.product_involved) = products.product_word

),

{% if is_incremental() %}
    -- a product became known
    renamed as (

        select complaints.complaint_key
        from complaints
        inner join {{ this }} as known on complaints.complaint_key = known.complaint_key
        where complaints.product_key <> known.product_key

    ),
{% endif %}

identities as (select * from {{ ref('silver_customer_identities') }}),

final as (

    select

        -- keys
        complaints.complaint_key,
        {{ date_key('complaints.complaint_timestamp') }} as complaint_date_key,
        coalesce(identities.customer_key, complaints.source_customer_key) as customer_key,
        complaints.channel_key,
        complaints.product_key,

        -- what it is about
        coalesce(complaints.channel_code, '(unknown)') as complaint_channel,
        coalesce(complaints.complaint_type, '(unknown)') as complaint_type,
        complaints.complaint_category,
        complaints.complaint_subcategory,
        complaints.severity,
        complaints.priority,
        complaints.complaint_status,
        complaints.root_cause,

        -- what came of it
        complaints.is_open,
        complaints.is_resolved,
        complaints.is_escalated,
        complaints.is_regulatory,
        complaints.is_reopened,
        complaints.is_within_target,

        -- measures
        complaints.resolution_hours,
        complaints.target_hours,
        complaints.satisfaction_rating,
        complaints.compensation_amount,
        1 as complaint_count,

        -- when
        complaints.complaint_timestamp,
        complaints.resolution_timestamp

    from complaints
    left join identities on complaints.source_customer_key = identities.source_customer_key
    {% if is_incremental() %}
        where
            complaints.complaint_key in ({{ touched('complaint_key') }})
            or complaints.source_customer_key in ({{ touched('source_customer_key') }})
            or complaints.complaint_key in (select renamed.complaint_key from renamed)
    {% endif %}

)

select * from final
