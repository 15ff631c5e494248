{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['record_key'],
    access='protected',
    meta={
        'units': ['source_customer_key'],
    },
) }}

with

records as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_master'),
        'record_id',
        ['record_timestamp', 'source_system', 'source_customer_id'],
    ) }}

),

final as (

    select

        -- keys and ids
        {{ surrogate_key(['record_id']) }} as record_key,
        {{ surrogate_key([
            'source_system', "coalesce(source_customer_id, 'record ' || record_id)",
        ]) }} as source_customer_key,
        record_id,
        source_system,
        source_customer_id,

        -- who
        customer_type,
        customer_status,
        first_name,
        middle_name,
        last_name,
        full_name,
        date_of_birth,
        ssn_last_four,
        tax_id,

        -- contact
        email_address,
        phone_primary,
        phone_mobile,
        phone_work,

        -- address
        address_line1,
        address_line2,
        city,
        state,
        zip_code,
        country,
        mailing_address,

        -- circumstances
        employment_status,
        employer_name,
        occupation,
        annual_income,
        citizenship,
        language_preference,
        marital_status,
        number_of_dependents,
        education_level,
        record_attributes,

        -- times
        customer_since_date,
        record_timestamp,
        last_update_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from records

)

select * from final
