{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['consent_event_key'],
    meta={
        'touched_by': {
            'consent_event_key': {'silver_customer_preferences': 'preference_key'},
        },
    },
) }}

with

decisions as (

    select
        *,
        coalesce(
            opt_in_marketing or opt_in_email or opt_in_sms or opt_in_phone or opt_in_push
            or opt_in_mail or opt_in_third_party or data_sharing_consent,
            false
        ) as has_opt_in
    from {{ ref('silver_customer_preferences') }}
    where
        is_consent_decision
        {% if is_incremental() %}
            and preference_key in ({{ touched('consent_event_key') }})
        {% endif %}

),

final as (

    select

        -- keys
        preference_key as consent_event_key,
        {{ date_key('decided_timestamp') }} as consent_date_key,
        customer_key,

        -- what
        coalesce(preference_category, 'marketing') as purpose,
        -- without a yes, a row that only takes an opt-in back is a refusal too
        case
            when not coalesce(consent_given, has_opt_in) then 'refused'
            when is_preticked then 'preticked'
            when consent_given then 'granted'
            else 'opt_in_only'
        end as consent_decision,
        coalesce(preference_source, '(unknown)') as consent_source,
        coalesce(consent_method, '(unknown)') as consent_method,
        consent_version,
        consent_timestamp is not null
        and consent_method is not null
        and consent_version is not null as is_proven,
        opt_in_marketing,
        opt_in_email,
        opt_in_sms,
        opt_in_phone,
        opt_in_push,
        opt_in_mail,
        opt_in_third_party,
        data_sharing_consent,

        -- measures
        1 as consent_event_count,

        -- when
        effective_date,
        expiry_date,
        decided_timestamp

    from decisions

)

select * from final
