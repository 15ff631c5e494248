{% set typed_fields = [
    'effective_date', 'expiry_date', 'consent_given', 'opt_in_marketing', 'opt_in_email',
    'opt_in_sms', 'opt_in_phone', 'opt_in_push', 'opt_in_mail', 'opt_in_third_party',
    'data_sharing_consent', 'preference_attributes', 'raw_payload', 'preference_timestamp',
    'consent_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'customer_preferences') }}

),

typed as (

    select

        -- ids
        {{ clean_text('preference_id') }} as preference_id,
        {{ clean_text('customer_id') }} as customer_id,

        -- the preference
        {{ clean_text('preference_type') }} as preference_type,
        {{ clean_text('preference_category') }} as preference_category,
        {{ clean_text('preference_value') }} as preference_value,
        {{ clean_text('preference_source') }} as preference_source,
        {{ clean_text('preference_channel') }} as preference_channel,

        -- validity
        try_cast(effective_date as date) as effective_date,
        try_cast(expiry_date as date) as expiry_date,

        -- consent
        try_cast(consent_given as boolean) as consent_given,
        {{ clean_text('consent_method') }} as consent_method,
        {{ clean_text('consent_ip_address') }} as consent_ip_address,
        {{ clean_text('consent_version') }} as consent_version,

        -- opt-ins
        try_cast(opt_in_marketing as boolean) as opt_in_marketing,
        try_cast(opt_in_email as boolean) as opt_in_email,
        try_cast(opt_in_sms as boolean) as opt_in_sms,
        try_cast(opt_in_phone as boolean) as opt_in_phone,
        try_cast(opt_in_push as boolean) as opt_in_push,
        try_cast(opt_in_mail as boolean) as opt_in_mail,
        try_cast(opt_in_third_party as boolean) as opt_in_third_party,
        try_cast(data_sharing_consent as boolean) as data_sharing_consent,

        -- payloads
        {{ as_json('preference_attributes') }} as preference_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('preference_timestamp') }} as preference_timestamp,
        {{ utc_timestamp('consent_timestamp') }} as consent_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        preference_timestamp as delivered_timestamp,
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
            'preference_id', 'preference_timestamp',
            'effective_date', 'expiry_date'
        ) }} as rejection_reason
    from checked

)

select * from final
