{% set typed_fields = [
    'resolution_time_hours', 'satisfaction_rating', 'compensation_amount', 'escalated_flag',
    'regulatory_flag', 'complaint_attributes', 'raw_payload', 'complaint_timestamp',
    'resolution_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'customer_complaints') }}

),

typed as (

    select

        -- ids
        {{ clean_text('complaint_id') }} as complaint_id,
        {{ clean_text('customer_id') }} as customer_id,

        -- what it is about
        {{ clean_text('complaint_type') }} as complaint_type,
        {{ clean_text('complaint_category') }} as complaint_category,
        {{ clean_text('complaint_subcategory') }} as complaint_subcategory,
        {{ clean_text('channel') }} as channel,
        {{ clean_text('product_involved') }} as product_involved,
        {{ clean_text('account_involved') }} as account_involved,

        -- handling
        {{ clean_text('severity') }} as severity,
        {{ clean_text('priority') }} as priority,
        {{ clean_text('status') }} as status,
        {{ clean_text('root_cause') }} as root_cause,

        -- free text
        {{ clean_text('description') }} as description,
        {{ clean_text('resolution') }} as resolution,

        -- measures
        {{ within('try_cast(resolution_time_hours as decimal(10, 2))', 0, 876000) }}
            as resolution_time_hours,
        {{ within(as_integer('satisfaction_rating'), 0, 10) }} as satisfaction_rating,
        try_cast(compensation_amount as decimal(18, 2)) as compensation_amount,

        -- flags
        try_cast(escalated_flag as boolean) as escalated_flag,
        try_cast(regulatory_flag as boolean) as regulatory_flag,

        -- payloads
        {{ as_json('complaint_attributes') }} as complaint_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('complaint_timestamp') }} as complaint_timestamp,
        {{ utc_timestamp('resolution_timestamp') }} as resolution_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        complaint_timestamp as delivered_timestamp,
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
            'complaint_id', 'complaint_timestamp',
            'complaint_timestamp', 'resolution_timestamp'
        ) }} as rejection_reason
    from checked

)

select * from final
