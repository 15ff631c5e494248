{% set typed_fields = [
    'assignment_score', 'segment_start_date', 'segment_end_date', 'segment_active',
    'segment_attributes', 'raw_payload', 'assignment_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'customer_segments') }}

),

typed as (

    select

        -- ids
        {{ clean_text('segment_assignment_id') }} as segment_assignment_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('segment_id') }} as segment_id,

        -- the segment
        {{ clean_text('segment_name') }} as segment_name,
        {{ clean_text('segment_type') }} as segment_type,
        {{ clean_text('segment_category') }} as segment_category,

        -- how it was assigned
        {{ clean_text('segmentation_model') }} as segmentation_model,
        {{ clean_text('model_version') }} as model_version,
        {{ within('try_cast(assignment_score as decimal(5, 2))', 0, 100) }} as assignment_score,
        {{ clean_text('assignment_reason') }} as assignment_reason,

        -- validity
        try_cast(segment_start_date as date) as segment_start_date,
        try_cast(segment_end_date as date) as segment_end_date,
        try_cast(segment_active as boolean) as segment_active,

        -- payloads
        {{ as_json('segment_attributes') }} as segment_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('assignment_timestamp') }} as assignment_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        assignment_timestamp as delivered_timestamp,
        {{ raw_fields(typed_fields) }} as raw,
        {{ whole_row('source') }} as delivered_row

    from source

),

checked as (

    select
        *,
        {{ nulled_columns(typed_fields) }} as nulled_columns
    from typed

),

final as (

    select
        *,
        {{ rejection_reason(
            'segment_assignment_id', 'assignment_timestamp',
            'segment_start_date', 'segment_end_date'
        ) }} as rejection_reason
    from checked

)

select * from final
