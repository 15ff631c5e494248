{% set typed_fields = [
    'primary_account_holder', 'beneficiary_flag', 'authorized_user_flag', 'power_of_attorney',
    'relationship_start_date', 'relationship_end_date', 'relationship_attributes', 'raw_payload',
    'relationship_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'customer_relationships') }}

),

typed as (

    select

        -- ids
        {{ clean_text('relationship_id') }} as relationship_id,
        coalesce({{ clean_text('source_system') }}, '{{ var("default_source_system") }}')
            as source_system,
        {{ clean_text('primary_customer_id') }} as primary_customer_id,
        {{ clean_text('related_customer_id') }} as related_customer_id,
        {{ clean_text('household_id') }} as household_id,

        -- what binds them
        {{ clean_text('relationship_type') }} as relationship_type,
        {{ clean_text('relationship_status') }} as relationship_status,
        {{ clean_text('household_role') }} as household_role,

        -- rights
        try_cast(primary_account_holder as boolean) as primary_account_holder,
        try_cast(beneficiary_flag as boolean) as beneficiary_flag,
        try_cast(authorized_user_flag as boolean) as authorized_user_flag,
        try_cast(power_of_attorney as boolean) as power_of_attorney,

        -- validity
        try_cast(relationship_start_date as date) as relationship_start_date,
        try_cast(relationship_end_date as date) as relationship_end_date,

        -- payloads
        {{ as_json('relationship_attributes') }} as relationship_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('relationship_timestamp') }} as relationship_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        relationship_timestamp as delivered_timestamp,
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
            'relationship_id', 'relationship_timestamp',
            'relationship_start_date', 'relationship_end_date'
        ) }} as rejection_reason
    from checked

)

select * from final
