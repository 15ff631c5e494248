{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['consent_interval_key'],
    meta={
        'touched_by': {'customer_key': {'silver_customer_preferences': 'customer_key'}},
        'units': ['customer_key'],
    },
) }}

-- depends_on: {{ ref('silver_customer_preferences') }}
with

said as (

    select * from {{ ref('int_consents__said') }}
    {% if is_incremental() %}
        where customer_key in ({{ touched('customer_key') }})
    {% endif %}

),

-- what was ticked before the customer looked is no decision; a refusal is one however it came.
-- The later decision counts for more, of two at once the refusal.
ranked as (

    select
        *,
        row_number() over (
            partition by customer_key, purpose, channel
            order by
                decided_timestamp asc,
                case when is_granted then 0 else 1 end asc,
                preference_id desc
        ) as decision_rank
    from said
    where not is_preticked or coalesce(not consent_given, not is_granted)

),

-- one that begins when a later decision holds already never holds
holding as (

    select *
    from ranked
    qualify
        decision_rank > coalesce(max(decision_rank) over (
            partition by customer_key, purpose, channel
            order by starts_at, decision_rank
            rows between unbounded preceding and 1 preceding
        ), 0)
        and row_number() over (
            partition by customer_key, purpose, channel, starts_at order by decision_rank desc
        ) = 1

),

followed as (

    select
        *,
        lead(starts_at) over decisions_of_one as ends_at,
        coalesce(
            lag(is_granted) over decisions_of_one
            and coalesce(lag(expires_at) over decisions_of_one > starts_at, true), false
        ) as is_change_from_grant
    from holding
    window decisions_of_one as (
        partition by customer_key, purpose, channel order by starts_at, decision_rank
    )

),

-- a grant that runs out is two intervals: it holds, and it has run out
intervals as (

    select
        *,
        starts_at as valid_from_timestamp,
        case when is_granted then least(ends_at, expires_at) else ends_at end
            as valid_to_timestamp,
        case
            when is_granted then 'given'
            when consent_given and not is_asked then 'not_asked'
            when is_change_from_grant then 'withdrawn'
            else 'refused'
        end as basis
    from followed
    union all
    select
        *,
        greatest(starts_at, expires_at) as valid_from_timestamp,
        ends_at as valid_to_timestamp,
        'expired' as basis
    from followed
    where is_granted and expires_at is not null

),

final as (

    select
        {{ surrogate_key(['customer_key', 'purpose', 'channel', 'valid_from_timestamp']) }}
            as consent_interval_key,
        customer_key,
        purpose,
        channel,
        valid_from_timestamp,
        valid_to_timestamp,
        basis = 'given' as is_granted,
        basis,
        valid_to_timestamp is null as is_last,
        preference_key,
        decided_timestamp,
        consent_timestamp,
        consent_method,
        consent_version,
        consent_timestamp is not null
        and consent_method is not null
        and consent_version is not null as is_proven,
        consent_policy,
        consent_jurisdiction,
        {{ batch_number() }} as derived_in_batch
    from intervals
    where valid_from_timestamp < valid_to_timestamp or valid_to_timestamp is null

)

select * from final
