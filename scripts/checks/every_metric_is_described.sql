select name, label, description, category
from metrics
where
    label = '' or description = ''
    or category not in (select category from contract_metrics)
