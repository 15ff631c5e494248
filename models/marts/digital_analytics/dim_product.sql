select
    product_key,
    product_id,
    product_name,
    product_category,
    product_type
from {{ ref('silver_products') }}
union all
select
    -1 as product_key,
    null as product_id,
    '(unknown)' as product_name,
    '(unknown)' as product_category,
    null as product_type
