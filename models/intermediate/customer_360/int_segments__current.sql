select
    customer_key,
    segment_type,
    segment_id,
    segment_name,
    segmentation_model,
    model_version,
    assignment_date
from {{ ref('silver_customer_segments_history') }}
where is_current
