-- No interval of consent comes from a box that was ticked before the customer looked.
select
    history.consent_interval_key,
    preferences.consent_method
from {{ ref('silver_consent_history') }} as history
inner join {{ ref('silver_customer_preferences') }} as preferences
    on history.preference_key = preferences.preference_key
where
    history.is_granted
    and {{ text_matches(
        'lower(preferences.consent_method)',
        "'" ~ var('preticked_consent_pattern') ~ "'",
    ) }}
