-- Eight models, or none where there is no conversion.
select count(distinct attribution_model) as model_count
from {{ ref('fact_attribution') }}
having count(distinct attribution_model) not in (0, 8)
