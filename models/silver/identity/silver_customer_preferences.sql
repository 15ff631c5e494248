{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['preference_key'],
    meta={
        'touched_by': {
            'preference_key': {'int_customer_preferences__delivered': 'preference_key'},
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
        'units': ['preference_key', 'source_customer_key', 'customer_key'],
    },
) }}

with

preferences as (

    select * from {{ ref('int_customer_preferences__delivered') }}
    {% if is_incremental() %}
        where
            preference_key in ({{ touched('preference_key') }})
            or source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

identities as (select * from {{ ref('silver_customer_identities') }}),

final as (

    select

        -- keys
        preferences.preference_key,
        preferences.preference_id,
        coalesce(identities.customer_key, preferences.source_customer_key) as customer_key,
        preferences.source_customer_key,
        preferences.source_system,
        preferences.customer_id,

        -- what
        preferences.preference_type,
        preferences.preference_category,
        preferences.preference_value,
        preferences.preference_source,
        preferences.preference_channel,

        -- consent
        preferences.is_consent_decision,
        preferences.consent_given,
        preferences.opt_in_marketing,
        preferences.opt_in_email,
        preferences.opt_in_sms,
        preferences.opt_in_phone,
        preferences.opt_in_push,
        preferences.opt_in_mail,
        preferences.opt_in_third_party,
        preferences.data_sharing_consent,

        -- its proof
        preferences.consent_method,
        preferences.is_preticked,
        preferences.consent_version,
        preferences.consent_timestamp,
        preferences.decided_timestamp,
        preferences.consent_policy,
        preferences.consent_jurisdiction,

        -- when
        preferences.effective_date,
        preferences.expiry_date,
        preferences.preference_timestamp,
        preferences.ingestion_timestamp as created_timestamp,
        {{ batch_number() }} as derived_in_batch

    from preferences
    left join identities on preferences.source_customer_key = identities.source_customer_key

)

select * from final
