select

    -- keys
    adoption_key,
    {{ date_key('first_use_date') }} as first_use_date_key,
    customer_key,
    feature_key,

    -- attributes
    adoption_stage,
    usage_frequency,
    active_usage_flag,
    power_user_flag,
    activation_date is not null as is_activated,
    adoption_date is not null as is_adopted,
    is_retained,

    -- measures
    total_uses,
    days_to_first_use,
    days_to_adoption,

    -- dates
    first_use_date,
    activation_date,
    adoption_date,
    last_use_date

from {{ ref('silver_feature_adoption') }}
