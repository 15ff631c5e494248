select
    customer_key,
    lifecycle_stage,
    previous_stage,
    evidence,
    entry_trigger,
    stage_start_date
from {{ ref('silver_customer_lifecycle_history') }}
where is_current
