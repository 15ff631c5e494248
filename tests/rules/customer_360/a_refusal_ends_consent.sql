-- From the instant at which a refusal of a purpose takes effect nothing of that purpose is
-- granted, unless by a decision that was taken later.
with

refusals as (

    select
        customer_key,
        preference_id,
        coalesce(preference_category, 'marketing') as purpose,
        decided_timestamp,
        greatest(decided_timestamp, cast(effective_date as timestamp)) as takes_effect_at
    from {{ ref('silver_customer_preferences') }}
    where
        not consent_given
        and customer_key is not null
        and coalesce(preference_channel, '') not in ('email', 'sms', 'phone', 'push', 'mail')

)

select
    refusals.customer_key,
    refusals.preference_id,
    history.consent_interval_key
from refusals
inner join {{ ref('silver_consent_history') }} as history
    on
        refusals.customer_key = history.customer_key
        and refusals.purpose = history.purpose
where
    history.is_granted
    and history.valid_from_timestamp <= refusals.takes_effect_at
    and (
        history.valid_to_timestamp > refusals.takes_effect_at
        or history.valid_to_timestamp is null
    )
    and history.decided_timestamp <= refusals.decided_timestamp
