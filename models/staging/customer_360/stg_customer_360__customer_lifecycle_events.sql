{% set typed_fields = [
    'event_value', 'trigger_details', 'event_attributes', 'raw_payload', 'event_timestamp',
    'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'customer_lifecycle_events') }}

),

typed as (

    select

        -- ids
        {{ clean_text('event_id') }} as event_id,
        {{ clean_text('customer_id') }} as customer_id,

        -- the event
        {{ clean_text('event_type') }} as event_type,
        {{ clean_text('event_category') }} as event_category,
        {{ clean_text('lifecycle_stage_from') }} as lifecycle_stage_from,
        {{ clean_text('lifecycle_stage_to') }} as lifecycle_stage_to,
        {{ clean_text('trigger_type') }} as trigger_type,
        try_cast(event_value as decimal(18, 2)) as event_value,

        -- payloads
        {{ as_json('trigger_details') }} as trigger_details,
        {{ as_json('event_attributes') }} as event_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('event_timestamp') }} as event_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        event_timestamp as delivered_timestamp,
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
        {{ rejection_reason('event_id', 'event_timestamp') }} as rejection_reason
    from checked

)

select * from final
