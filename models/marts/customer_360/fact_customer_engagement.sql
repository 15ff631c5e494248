select

    -- keys
    engagement_month_key,
    {{ date_key('as_of_date') }} as as_of_date_key,
    customer_key,

    -- what
    is_seen,
    is_active,
    is_mobile_app_user,
    is_online_banking_user,
    is_self_service_user,
    has_adopted_feature,
    coalesce(most_used_channel, '(none)') as most_used_channel,
    coalesce(channel_mix, '(none)') as channel_mix,

    -- measures
    channel_count,
    login_count,
    transaction_count,
    contact_count,
    branch_visit_count,
    digital_adoption_score,
    days_since_last_interaction,
    1 as customer_count,

    -- dates
    month_start_date,
    as_of_date

from {{ ref('silver_customer_engagement_months') }}
