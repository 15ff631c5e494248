-- Who hangs together today has one golden id, and nobody else has it.
{{ config(group='identity') }}
with placed as (

    select
        components.component_key,
        identities.customer_key
    from {{ ref('int_identity_components') }} as components
    left join {{ ref('silver_customer_identities') }} as identities
        on components.source_customer_key = identities.source_customer_key

)

select
    'a component without one golden id' as fault,
    component_key as faulty_key
from placed
group by component_key
having count(distinct customer_key) <> 1 or count(customer_key) <> count(*)
union all
select
    'a golden id of several components' as fault,
    customer_key as faulty_key
from placed
group by customer_key
having count(distinct component_key) > 1
