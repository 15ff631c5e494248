select
    variant_key,
    variant_id,
    variant_name,
    experiment_key,
    is_control,
    cast(100 * configured_share as decimal(5, 2)) as traffic_allocation_pct,
    variant_description as description
from {{ ref('silver_ab_test_variants') }}
