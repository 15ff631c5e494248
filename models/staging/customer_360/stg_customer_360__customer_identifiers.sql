{% set typed_fields = [
    'verified_flag', 'verification_date', 'primary_flag', 'effective_from', 'effective_to',
    'identifier_attributes', 'raw_payload', 'identifier_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'customer_identifiers') }}

),

typed as (

    select

        -- ids
        {{ clean_text('identifier_id') }} as identifier_id,
        coalesce({{ clean_text('source_system') }}, '{{ var("default_source_system") }}')
            as source_system,
        {{ clean_text('source_customer_id') }} as source_customer_id,

        -- the identifier
        {{ clean_text('identifier_type') }} as identifier_type,
        {{ clean_text('identifier_value') }} as identifier_value,
        {{ clean_text('identifier_status') }} as identifier_status,

        -- verification
        try_cast(verified_flag as boolean) as verified_flag,
        try_cast(verification_date as date) as verification_date,
        {{ clean_text('verification_method') }} as verification_method,
        try_cast(primary_flag as boolean) as primary_flag,

        -- validity
        try_cast(effective_from as date) as effective_from,
        try_cast(effective_to as date) as effective_to,

        -- payloads
        {{ as_json('identifier_attributes') }} as identifier_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('identifier_timestamp') }} as identifier_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        identifier_timestamp as delivered_timestamp,
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
            'identifier_id', 'identifier_timestamp',
            'effective_from', 'effective_to'
        ) }} as rejection_reason
    from checked

)

select * from final
