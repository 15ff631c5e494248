{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['preference_key'],
    meta={'units': ['preference_key', 'source_customer_key']},
) }}

with

preferences as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_preferences'),
        'preference_id',
        [
            'preference_timestamp', 'customer_id', 'preference_value', 'consent_given',
            'consent_timestamp', 'expiry_date', 'opt_in_email',
        ],
    ) }}

),

final as (

    select

        -- keys
        {{ surrogate_key(['preference_id']) }} as preference_key,
        case
            when customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'customer_id'
                ]) }}
        end as source_customer_key,
        preference_id,
        '{{ var("default_source_system") }}' as source_system,
        customer_id,

        -- what
        lower(preference_type) as preference_type,
        lower(preference_category) as preference_category,
        lower(preference_value) as preference_value,
        lower(preference_source) as preference_source,
        lower(preference_channel) as preference_channel,

        -- consent
        consent_given,
        opt_in_marketing,
        opt_in_email,
        opt_in_sms,
        opt_in_phone,
        opt_in_push,
        opt_in_mail,
        opt_in_third_party,
        data_sharing_consent,
        consent_given is not null
        or opt_in_marketing is not null
        or opt_in_email is not null
        or opt_in_sms is not null
        or opt_in_phone is not null
        or opt_in_push is not null
        or opt_in_mail is not null
        or opt_in_third_party is not null
        or data_sharing_consent is not null as is_consent_decision,

        -- its proof
        consent_method,
        coalesce({{ text_matches(
            'lower(consent_method)', "'" ~ var('preticked_consent_pattern') ~ "'"
        ) }}, false) as is_preticked,
        consent_version,
        consent_timestamp,
        coalesce(consent_timestamp, preference_timestamp) as decided_timestamp,
        {{ json_text('preference_attributes', 'policy') }} as consent_policy,
        {{ json_text('preference_attributes', 'jurisdiction') }} as consent_jurisdiction,

        -- when
        effective_date,
        expiry_date,
        preference_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from preferences

)

select * from final
