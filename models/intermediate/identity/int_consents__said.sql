{% set channels = ['email', 'sms', 'phone', 'push', 'mail'] %}

with

decisions as (

    select
        *,
        coalesce(preference_category, 'marketing') as category,
        case
            when preference_channel in ('email', 'sms', 'phone') then preference_channel
            when preference_channel in ('push', 'mail') then preference_channel
        end as own_channel
    from {{ ref('silver_customer_preferences') }}
    where is_consent_decision and customer_key is not null

),

-- what a row says of marketing as such …
said as (

    select
        *,
        category as purpose,
        'all' as channel,
        consent_given is not null
        and own_channel is null
        and not (category = 'third_party' and opt_in_third_party is not null)
        and not (category = 'data_sharing' and data_sharing_consent is not null) as is_said,
        true as opt_in,
        true as is_asked
    from decisions
    -- … of each channel: who was never asked about one has not agreed to it …
    {% for channel in channels %}
        union all
        select
            *,
            category as purpose,
            '{{ channel }}' as channel,
            coalesce(
                consent_given is not null and coalesce(own_channel = '{{ channel }}', true)
                or not opt_in_{{ channel }}, false
            ) as is_said,
            coalesce(opt_in_{{ channel }}, own_channel = '{{ channel }}', false) as opt_in,
            opt_in_{{ channel }} is not null
            or coalesce(own_channel = '{{ channel }}', false) as is_asked
        from decisions
    {% endfor %}
    -- … and of giving data away, which has an own yes or no
    {% for purpose, opt_in in [
        ('third_party', 'opt_in_third_party'), ('data_sharing', 'data_sharing_consent')
    ] %}
        union all
        select
            *,
            '{{ purpose }}' as purpose,
            'all' as channel,
            {{ opt_in }} is not null as is_said,
            coalesce({{ opt_in }}, false) as opt_in,
            true as is_asked
        from decisions
    {% endfor %}

),

final as (

    select
        preference_key,
        preference_id,
        customer_key,
        purpose,
        channel,
        consent_given,
        is_asked,
        is_preticked,
        consent_timestamp,
        consent_method,
        consent_version,
        consent_policy,
        consent_jurisdiction,
        decided_timestamp,
        coalesce(consent_given, purpose = 'data_sharing')
        and opt_in
        and coalesce(opt_in_marketing or purpose <> 'marketing', true) as is_granted,
        greatest(decided_timestamp, cast(effective_date as timestamp)) as starts_at,
        cast(expiry_date as timestamp) as expires_at
    from said
    where
        is_said
        or (category = 'marketing' and purpose = 'marketing' and not opt_in_marketing)

)

select * from final
