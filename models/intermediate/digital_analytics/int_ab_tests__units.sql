select
    assignment_key,
    experiment_id,
    unit_key,
    variant_id,
    variant_key,
    configured_split,
    is_converted,
    conversion_value,
    time_to_conversion_minutes,
    cast(exposure_timestamp as date) as assigned_date,
    cast(conversion_timestamp as date) as converted_date
from {{ ref('silver_ab_test_assignments') }}
where
    not is_contaminated
    and ({{ var("include_bots") }} or not (is_bot or is_test))
