-- Whoever is on a list of people to turn to with marketing has agreed to that, and to the channel,
-- when the day begins on which it is used. A new list is another part of «activated».
with

activated as (

    select
        'next_best_action' as activation_list,
        candidates.customer_key,
        candidates.channel,
        cast(candidates.candidate_date as timestamp) as activated_at
    from {{ ref('silver_next_best_action_candidates') }} as candidates
    inner join {{ ref('recommended_actions') }} as actions on candidates.action = actions.action
    where candidates.is_eligible and actions.is_marketing
    union all
    select
        'segment_publishing' as activation_list,
        customer_key,
        channel,
        cast({{ dbt.dateadd('day', 1, 'as_of_date') }} as timestamp) as activated_at
    from {{ ref('silver_segment_publishing_list') }}

),

granted as (

    select
        history.customer_key,
        history.channel,
        history.valid_from_timestamp,
        history.valid_to_timestamp
    from {{ ref('silver_consent_history') }} as history
    where history.purpose = 'marketing' and history.is_granted

),

checked as (

    select
        activated.activation_list,
        activated.customer_key,
        activated.channel,
        coalesce(bool_or(
            granted.valid_from_timestamp <= activated.activated_at
            and (
                granted.valid_to_timestamp > activated.activated_at
                or granted.valid_to_timestamp is null
            )
            -- what goes through none of the channels that are asked about needs a yes to any
            and (
                granted.channel = activated.channel
                or activated.channel is null
                or activated.channel not in ('email', 'sms', 'phone', 'push', 'mail')
            )
        ), false) as is_agreed
    from activated
    left join granted on activated.customer_key = granted.customer_key
    group by activated.activation_list, activated.customer_key, activated.channel

)

select * from checked
where not is_agreed
