{{ config(materialized='table') }}

with

preferences as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_preferences'),
        'preference_id',
        ['preference_timestamp', 'customer_id', 'preference_value'],
    ) }}

),

identities as (select * from {{ ref('silver_customer_identities') }}),

moments as (select * from {{ ref('int_next_best_actions__moments') }}),

keyed_preferences as (

    select
        *,
        {{ surrogate_key(["'" ~ var('default_source_system') ~ "'", 'customer_id']) }}
            as source_customer_key,
        coalesce(consent_timestamp, preference_timestamp) as decided_at
    from preferences
    where customer_id is not null

),

-- what was ticked before the customer looked is no decision; a refusal is one however it came
decisions as (

    select
        preferences.*,
        coalesce(identities.customer_key, preferences.source_customer_key) as customer_key
    from keyed_preferences as preferences
    left join identities on preferences.source_customer_key = identities.source_customer_key
    where
        preferences.consent_given is not null
        and coalesce(lower(preferences.preference_category), 'marketing') = 'marketing'
        and not (
            preferences.consent_given
            and coalesce({{ text_matches(
                'lower(preferences.consent_method)',
                "'" ~ var('preticked_consent_pattern') ~ "'",
            ) }}, false)
        )

),

-- the latest holds, of two at once the refusal
latest as (

    select
        moments.customer_key,
        moments.moment_date,
        decisions.consent_given
        and coalesce(decisions.opt_in_marketing, true)
        and coalesce(decisions.expiry_date > moments.moment_date, true) as is_granted,
        decisions.opt_in_email,
        decisions.opt_in_sms,
        decisions.opt_in_phone,
        decisions.opt_in_push,
        decisions.opt_in_mail
    from moments
    inner join decisions
        on
            moments.customer_key = decisions.customer_key
            and cast(moments.moment_date as timestamp) > decisions.decided_at
            and coalesce(moments.moment_date >= decisions.effective_date, true)
    qualify row_number() over (
        partition by moments.customer_key, moments.moment_date
        order by
            decisions.decided_at desc,
            case when decisions.consent_given then 1 else 0 end asc,
            decisions.preference_id asc
    ) = 1

),

-- who was never asked about a channel has not agreed to it
final as (

    select
        customer_key,
        moment_date,
        is_granted as is_marketing_allowed,
        is_granted and coalesce(opt_in_email, false) as is_email_allowed,
        is_granted and coalesce(opt_in_sms, false) as is_sms_allowed,
        is_granted and coalesce(opt_in_phone, false) as is_phone_allowed,
        is_granted and coalesce(opt_in_push, false) as is_push_allowed,
        is_granted and coalesce(opt_in_mail, false) as is_mail_allowed
    from latest

)

select * from final
