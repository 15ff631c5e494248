{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['segment_key'],
    meta={
        'touched_by': {
            'customer_key': {
                'int_lifecycle__members': 'customer_key',
                'int_segments__spans': 'customer_key',
            },
        },
        'units': ['customer_key'],
    },
) }}

-- depends_on: {{ ref('int_lifecycle__members') }}
{# As silver_customer_lifecycle_history: all are derived, what comes out as it was stays. #}
with

spans as (

    select
        *,
        cast(effective_from as date) as assignment_date,
        cast(effective_to as date) as exit_date
    from {{ ref('int_segments__spans') }}

),

final as (

    select

        -- keys
        spans.segment_key,
        spans.customer_key,
        spans.segment_id,

        -- the segment
        spans.segment_name,
        spans.segment_type,
        kinds.segment_tier,
        spans.segment_category,
        spans.segmentation_model,
        spans.model_version,

        -- the stay
        spans.assignment_date,
        spans.exit_date,
        cast({{ dbt.datediff(
            'spans.assignment_date', 'spans.exit_date', 'day'
        ) }} as integer) as assignment_duration_days,
        spans.assignment_score,
        spans.assignment_reason,
        spans.assignment_count,
        spans.segment_attributes as segment_characteristics,

        -- quality
        cast(100.0 * (
            case when spans.segment_name is null then 0 else 1 end
            + case when spans.segment_type = 'unspecified' then 0 else 1 end
            + case when spans.segmentation_model is null then 0 else 1 end
            + case when spans.assignment_score is null then 0 else 1 end
            + case when spans.assignment_reason is null then 0 else 1 end
        ) / 5 as decimal(5, 2)) as data_quality_score,

        -- validity
        spans.effective_from,
        spans.effective_to,
        spans.effective_to is null as is_current,
        spans.ingestion_timestamp as created_timestamp,
        {{ batch_number() }} as derived_in_batch

    from spans
    left join {{ ref('customer_segments') }} as kinds
        on {{ stage_code('spans.segment_name') }} = kinds.segment_code

)

select * from final
