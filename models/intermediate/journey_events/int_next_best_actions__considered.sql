{{ config(materialized='table') }}

{% set rate_weight = var("nba_rate_weight") %}
{% set customer_weight = var("nba_customer_weight") %}

with

moments as (select * from {{ ref('int_next_best_actions__moments') }}),

consents as (select * from {{ ref('int_next_best_actions__consents') }}),

contacts as (select * from {{ ref('int_next_best_actions__contacts') }}),

holdings as (select * from {{ ref('int_next_best_actions__holdings') }}),

histories as (select * from {{ ref('int_next_best_actions__histories') }}),

rates as (select * from {{ ref('int_next_best_actions__rates') }}),

known as (

    select
        moments.customer_key,
        moments.moment_date,
        moments.is_next_day,
        moments.is_open,
        actions.action,
        actions.action_label,
        actions.action_kind,
        actions.channel,
        actions.is_marketing,
        actions.is_contact,
        actions.cooldown_days,
        actions.assumed_rate,
        actions.cost,
        coalesce(consents.is_marketing_allowed, false) as is_marketing_allowed,
        coalesce(
            case actions.channel
                when 'email' then consents.is_email_allowed
                when 'sms' then consents.is_sms_allowed
                when 'phone' then consents.is_phone_allowed
                when 'push' then consents.is_push_allowed
                when 'mail' then consents.is_mail_allowed
                else true
            end,
            false
        ) as is_channel_allowed,
        holdings.held_thing is not null as is_held,
        coalesce(contacts.contact_count, 0) as contact_count,
        histories.last_taken_timestamp,
        coalesce(histories.tried, 0) as own_tried,
        coalesce(histories.accepted, 0) as own_accepted,
        histories.probability_band,
        -- where outcomes are few, what is assumed weighs more than they
        (coalesce(action_rates.accepted, 0) + {{ rate_weight }} * actions.assumed_rate)
        / (coalesce(action_rates.tried, 0) + {{ rate_weight }}) as action_rate,
        (
            coalesce(band_rates.accepted, 0)
            + {{ rate_weight }} * (histories.probability_band + 0.5) / 20
        )
        / (coalesce(band_rates.tried, 0) + {{ rate_weight }}) as band_rate,
        (coalesce(value_rates.accepted_value, 0) + {{ rate_weight }} * actions.assumed_value)
        / (coalesce(value_rates.valued, 0) + {{ rate_weight }}) as value_if_accepted
    from moments
    cross join {{ ref('recommended_actions') }} as actions
    left join consents
        on
            moments.customer_key = consents.customer_key
            and moments.moment_date = consents.moment_date
    left join contacts
        on
            moments.customer_key = contacts.customer_key
            and moments.moment_date = contacts.moment_date
    left join holdings
        on
            moments.customer_key = holdings.customer_key
            and moments.moment_date = holdings.moment_date
            and actions.held_thing = holdings.held_thing
    left join histories
        on
            moments.customer_key = histories.customer_key
            and moments.moment_date = histories.moment_date
            and actions.action = histories.recommended_action
    left join rates as action_rates
        on
            moments.moment_date = action_rates.moment_date
            and action_rates.rate_kind = 'action'
            and actions.action = action_rates.rate_of
    left join rates as value_rates
        on
            moments.moment_date = value_rates.moment_date
            and value_rates.rate_kind = 'value'
            and actions.action = value_rates.rate_of
    left join rates as band_rates
        on
            moments.moment_date = band_rates.moment_date
            and band_rates.rate_kind = 'band'
            and cast(histories.probability_band as string) = band_rates.rate_of

),

-- a model that looked at this very customer knows more than the action's rate, and the customer's
-- own answers more than both. Doing nothing is accepted by nobody and costs nothing.
weighed as (

    select
        *,
        cast(
            case
                when assumed_rate > 0
                    then
                        (own_accepted + {{ customer_weight }} * coalesce(band_rate, action_rate))
                        / (own_tried + {{ customer_weight }})
                else 0
            end as decimal(9, 6)
        ) as probability,
        cast(value_if_accepted as decimal(18, 2)) as expected_acceptance_value,
        is_marketing and not is_marketing_allowed as lacks_consent,
        is_marketing and not is_channel_allowed as lacks_channel_consent,
        is_contact and contact_count >= {{ var("nba_contact_cap") }} as is_over_cap,
        coalesce(
            {{ seconds_between('last_taken_timestamp', 'cast(moment_date as timestamp)') }}
            < cooldown_days * 86400,
            false
        ) as is_cooling_down
    from known

),

final as (

    select
        *,
        cast(probability * expected_acceptance_value - cost as decimal(18, 4)) as expected_value,
        case
            when not is_open and is_contact then 'no_customer_any_more'
            when lacks_consent then 'no_consent'
            when lacks_channel_consent then 'no_consent_to_channel'
            when is_held then 'owned'
            when is_over_cap then 'contact_cap'
            when is_cooling_down then 'cool_down'
        end as exclusion_reason
    from weighed

)

select * from final
