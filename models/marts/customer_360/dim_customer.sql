select
    customer_key,
    source_system,
    customer_type,
    customer_status,
    country,
    customer_since_date,
    is_inferred
from {{ ref('silver_source_customers') }}
