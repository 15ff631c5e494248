select
    {{ surrogate_key(['household_type_code']) }} as household_type_key,
    household_type_code,
    household_type_name,
    typical_size_range,
    income_profile,
    life_stage,
    {{ as_array('banking_needs') }} as banking_needs
from {{ ref('household_types') }}
union all
select
    -1 as household_type_key,
    '(unknown)' as household_type_code,
    '(unknown)' as household_type_name,
    null as typical_size_range,
    null as income_profile,
    null as life_stage,
    null as banking_needs
