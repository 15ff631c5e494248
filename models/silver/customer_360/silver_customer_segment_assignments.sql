{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['segment_assignment_key'],
    meta={'units': ['source_customer_key']},
) }}

with

assignments as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_segments'),
        'segment_assignment_id',
        [
            'assignment_timestamp', 'customer_id', 'segment_id', 'segment_type', 'segment_name',
            'segment_start_date', 'segment_end_date', 'segment_active', 'assignment_score',
        ],
    ) }}

),

final as (

    select

        -- keys
        {{ surrogate_key(['segment_assignment_id']) }} as segment_assignment_key,
        case
            when customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'customer_id'
                ]) }}
        end as source_customer_key,

        -- ids
        segment_assignment_id,
        '{{ var("default_source_system") }}' as source_system,
        customer_id,
        -- a segment that has only a name is known by it
        coalesce(segment_id, {{ stage_code('segment_name') }}) as segment_id,

        -- the segment
        segment_name,
        coalesce(lower(segment_type), 'unspecified') as segment_type,
        lower(segment_category) as segment_category,
        lower(segmentation_model) as segmentation_model,
        model_version,
        assignment_score,
        lower(assignment_reason) as assignment_reason,
        segment_attributes,

        -- when it holds: from the moment of the assignment, or from the day that it is dated for
        case
            when cast(assignment_timestamp as date) <> segment_start_date
                then cast(segment_start_date as timestamp)
            else assignment_timestamp
        end as holds_from_timestamp,
        -- the last day counts to its end; what is inactive without one was so when delivered
        case
            when segment_end_date is not null
                then {{ dbt.dateadd('day', 1, 'cast(segment_end_date as timestamp)') }}
            when not segment_active then coalesce(ingestion_timestamp, assignment_timestamp)
        end as holds_to_timestamp,
        segment_end_date,
        segment_active,

        -- timestamps
        assignment_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from assignments

)

select * from final
