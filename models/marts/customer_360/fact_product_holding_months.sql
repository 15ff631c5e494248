select

    -- keys
    holding_month_key,
    {{ date_key('report_date') }} as report_date_key,
    report_date,
    customer_key,
    product_key,

    -- as of the day
    balance_kind,
    is_open,
    is_primary,
    is_active,
    is_dormant,
    is_used,
    balance,
    held_days,

    -- to be summed
    case when is_open then 1 else 0 end as open_count,
    case when is_known then 1 else 0 end as known_count,
    case when is_dormant then 1 else 0 end as dormant_count,
    case when is_used then 1 else 0 end as used_count,
    case when is_used is not null then 1 else 0 end as usage_known_count,
    case when is_opened then 1 else 0 end as opened_count,
    case when is_closed then 1 else 0 end as closed_count,
    case when is_from_before then 1 else 0 end as from_before_count,
    case when is_closed and is_from_before then 1 else 0 end as closed_from_before_count,
    case when is_new and is_open then 1 else 0 end as new_count,
    case when is_new and is_known then 1 else 0 end as new_known_count,
    case when is_new and is_open and is_activated then 1 else 0 end as activated_count

from {{ ref('silver_product_holding_months') }}
