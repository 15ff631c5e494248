-- always anew, as int_household_kin
{{ config(
    materialized='connected_components',
    full_refresh=true,
    unique_key=['source_customer_key'],
) }}

select
    presence_key as left_key,
    presence_key as right_key,
    cast(null as double) as match_weight,
    false as is_contradiction
from {{ ref('int_household_presences') }}
union all
select
    first_presence_key as left_key,
    presence_key as right_key,
    case evidence when 'declared' then 3.0 when 'home' then 2.0 else 1.0 end as match_weight,
    false as is_contradiction
from {{ ref('int_household_bonds') }}
where first_presence_key <> presence_key
