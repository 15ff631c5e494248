{% set flags = [
    'deceased', 'do_not_contact', 'do_not_email', 'do_not_call', 'do_not_mail', 'vip',
    'address_verified',
] %}

with

records as (

    select * from {{ ref('int_customer_records__delivered') }}

),

-- systems name a flag with or without the word, and tell yes in many ways
final as (

    select
        record_key,
        source_customer_key,
        record_id,
        source_system,
        source_customer_id,
        lower(customer_type) as customer_type,
        lower(customer_status) as customer_status,
        {{ title_case('first_name') }} as first_name,
        {{ title_case('middle_name') }} as middle_name,
        {{ title_case('last_name') }} as last_name,
        {{ title_case('full_name') }} as full_name,
        email_address,
        {{ title_case('address_line1') }} as address_line1,
        {{ title_case('address_line2') }} as address_line2,
        {{ title_case('city') }} as city,
        state,
        zip_code,
        country,
        mailing_address,
        lower(employment_status) as employment_status,
        employer_name,
        occupation,
        {{ within('annual_income', 0, 1000000000) }} as annual_income,
        upper(citizenship) as citizenship,
        lower(language_preference) as language_preference,
        lower(marital_status) as marital_status,
        number_of_dependents,
        lower(education_level) as education_level,
        customer_since_date,
        record_timestamp,
        last_update_timestamp,
        ingestion_timestamp,
        lower({{ json_text('record_attributes', 'gender') }}) as gender,
        {{ within(json_number('record_attributes', 'latitude'), -90, 90) }} as latitude,
        {{ within(json_number('record_attributes', 'longitude'), -180, 180) }} as longitude,
        {{ json_text('record_attributes', 'risk_rating') }} as risk_rating,
        lower({{ json_text('record_attributes', 'kyc_status') }}) as kyc_status,
        try_cast({{ json_text('record_attributes', 'kyc_last_updated') }} as date)
            as kyc_last_updated,
        {{ within(
            "coalesce(" ~ json_number('record_attributes', 'aml_risk_score') ~ ", "
            ~ json_number('record_attributes', 'aml_score') ~ ")", 0, 100
        ) }} as aml_risk_score,
        {{ within(json_number('record_attributes', 'fraud_score'), 0, 100) }} as fraud_score,
        {{ within(json_number('record_attributes', 'credit_score'), 300, 850) }} as credit_score,
        try_cast({{ json_text('record_attributes', 'deceased_date') }} as date) as deceased_date,
        {% for flag in flags %}
            try_cast(coalesce(
                {{ json_text('record_attributes', flag ~ '_flag') }},
                {{ json_text('record_attributes', flag) }}
            ) as boolean) as is_{{ flag }},
        {% endfor %}
        {{ plain_words(json_text('mailing_address', 'line1')) }} as mailing_line1,
        {{ letters_and_digits(json_text('mailing_address', 'zip')) }} as mailing_zip_code
    from records

)

select * from final
