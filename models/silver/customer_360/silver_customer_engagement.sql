{# made anew by every run, since all of it is as of the build date #}
with

build_dates as (

    select
        as_of,
        cast({{ dbt.dateadd('day', 1, 'as_of') }} as timestamp) as as_of_end
    from {{ ref('int_core__build_dates') }}

),

periods as (

    select * from {{ ref('int_customer_engagement__periods') }}
    where period_kind = 'window'

),

last_days as (

    select
        customer_key,
        max(last_engagement_date) as last_interaction_date,
        max(last_transaction_date) as last_transaction_date,
        max(last_login_date) as last_login_date
    from {{ ref('int_customer_activity__months') }}
    group by customer_key

),

stated as (

    select
        customer_key,
        preference_value as stated_channel
    from {{ ref('silver_customer_preferences') }}
    where preference_type = 'channel' and preference_value is not null
    qualify row_number() over (
        partition by customer_key order by preference_timestamp desc, preference_key asc
    ) = 1

),

-- what holds when the build date is over
consents as (

    select
        history.customer_key,
        bool_or(history.purpose = 'marketing' and history.is_granted) as marketing_consent,
        {% for channel in ['email', 'sms', 'phone', 'push', 'mail'] %}
            bool_or(
                history.purpose = 'marketing'
                and history.channel = '{{ channel }}'
                and history.is_granted
            ) as {{ channel }}_consent,
        {% endfor %}
        bool_or(history.purpose = 'third_party' and history.is_granted) as third_party_consent,
        bool_or(history.purpose = 'data_sharing' and history.is_granted) as data_sharing_consent
    from {{ ref('silver_consent_history') }} as history
    cross join build_dates
    where
        history.valid_from_timestamp < build_dates.as_of_end
        and (
            history.valid_to_timestamp > build_dates.as_of_end
            or history.valid_to_timestamp is null
        )
    group by history.customer_key

),

satisfaction as (select * from {{ ref('int_customer_satisfaction') }}),

final as (

    select
        periods.customer_key,
        build_dates.as_of as as_of_date,

        -- what they do
        periods.is_seen,
        periods.is_active,
        periods.is_mobile_app_user as mobile_app_user,
        periods.is_online_banking_user as online_banking_user,
        periods.digital_adoption_score,
        coalesce(stated.stated_channel, periods.most_used_channel) as preferred_channel,
        periods.most_used_channel,
        periods.channel_count,
        periods.channel_mix,
        last_days.last_interaction_date,
        last_days.last_transaction_date,
        last_days.last_login_date,
        cast({{ dbt.datediff(
            'last_days.last_interaction_date', 'build_dates.as_of', 'day'
        ) }} as integer) as days_since_last_interaction,
        cast({{ dbt.datediff(
            'last_days.last_transaction_date', 'build_dates.as_of', 'day'
        ) }} as integer) as days_since_last_transaction,

        -- what they say
        satisfaction.nps_score,
        satisfaction.csat_score,
        case
            when satisfaction.csat_score >= {{ var("satisfaction_scale") }} - 1 then 'satisfied'
            when satisfaction.csat_score >= ({{ var("satisfaction_scale") }} + 1) / 2.0
                then 'neutral'
            when satisfaction.csat_score is not null then 'dissatisfied'
        end as satisfaction_band,
        cast(coalesce(satisfaction.complaint_count_12m, 0) as integer) as complaint_count_12m,
        cast(coalesce(satisfaction.open_complaint_count, 0) as integer) as open_complaint_count,

        -- what they allow
        coalesce(consents.marketing_consent, false) as marketing_consent,
        {% for channel in ['email', 'sms', 'phone', 'push', 'mail', 'third_party'] %}
            coalesce(consents.{{ channel }}_consent, false) as {{ channel }}_consent,
        {% endfor %}
        coalesce(consents.data_sharing_consent, false) as data_sharing_consent,
        consents.customer_key is not null as has_decided_on_consent

    from periods
    cross join build_dates
    left join last_days on periods.customer_key = last_days.customer_key
    left join stated on periods.customer_key = stated.customer_key
    left join consents on periods.customer_key = consents.customer_key
    left join satisfaction on periods.customer_key = satisfaction.customer_key

)

select * from final
