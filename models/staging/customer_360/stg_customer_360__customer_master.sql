{% set typed_fields = [
    'date_of_birth', 'mailing_address', 'annual_income', 'number_of_dependents',
    'customer_since_date', 'record_attributes', 'raw_payload', 'record_timestamp',
    'last_update_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'customer_master') }}

),

typed as (

    select

        -- ids
        {{ clean_text('record_id') }} as record_id,
        coalesce({{ clean_text('source_system') }}, '{{ var("default_source_system") }}')
            as source_system,
        {{ clean_text('source_customer_id') }} as source_customer_id,

        -- who
        {{ clean_text('customer_type') }} as customer_type,
        {{ clean_text('customer_status') }} as customer_status,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('middle_name') }} as middle_name,
        {{ clean_text('last_name') }} as last_name,
        {{ clean_text('full_name') }} as full_name,
        try_cast(date_of_birth as date) as date_of_birth,
        {{ clean_text('ssn_last_four') }} as ssn_last_four,
        {{ clean_text('tax_id') }} as tax_id,

        -- contact
        {{ clean_text('email_address') }} as email_address,
        {{ clean_text('phone_primary') }} as phone_primary,
        {{ clean_text('phone_mobile') }} as phone_mobile,
        {{ clean_text('phone_work') }} as phone_work,

        -- address
        {{ clean_text('address_line1') }} as address_line1,
        {{ clean_text('address_line2') }} as address_line2,
        {{ clean_text('city') }} as city,
        {{ clean_text('state') }} as state,
        {{ clean_text('zip_code') }} as zip_code,
        {{ clean_text('country') }} as country,
        {{ as_json('mailing_address') }} as mailing_address,

        -- circumstances
        {{ clean_text('employment_status') }} as employment_status,
        {{ clean_text('employer_name') }} as employer_name,
        {{ clean_text('occupation') }} as occupation,
        try_cast(annual_income as decimal(18, 2)) as annual_income,
        {{ clean_text('citizenship') }} as citizenship,
        {{ clean_text('language_preference') }} as language_preference,
        {{ clean_text('marital_status') }} as marital_status,
        {{ within(as_integer('number_of_dependents'), 0, 50) }} as number_of_dependents,
        {{ clean_text('education_level') }} as education_level,

        -- dates
        try_cast(customer_since_date as date) as customer_since_date,

        -- payloads
        {{ as_json('record_attributes') }} as record_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('record_timestamp') }} as record_timestamp,
        {{ utc_timestamp('last_update_timestamp') }} as last_update_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        record_timestamp as delivered_timestamp,
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
        {{ rejection_reason('record_id', 'record_timestamp') }} as rejection_reason
    from checked

)

select * from final
