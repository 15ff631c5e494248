select
    experiment_id,
    variant_id,
    min(source_system) as source_system,
    100.0 * count(case when not (is_contaminated or is_bot or is_test) then 1 end) / count(*)
        as data_quality_score
from {{ ref('silver_ab_test_assignments') }}
group by experiment_id, variant_id
