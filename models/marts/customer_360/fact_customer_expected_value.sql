select
    expected_value_key,
    {{ date_key('cutoff_date') }} as cutoff_date_key,
    cutoff_date,
    customer_key,
    is_build_date,
    recency_band,
    transaction_count,
    average_order_value,
    activity_rate,
    expected_transactions,
    expected_value,
    actual_transactions,
    actual_value
from {{ ref('silver_customer_expected_value') }}
