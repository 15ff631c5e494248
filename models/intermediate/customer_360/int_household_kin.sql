-- always anew: whom one moment ties is kin for good, and it takes no history to say so
{{ config(
    materialized='connected_components',
    full_refresh=true,
    unique_key=['source_customer_key'],
) }}

with

ties as (

    select
        person_key,
        hub_key,
        case when bool_or(evidence = 'declared') then 3 else 2 end as tie_weight
    from {{ ref('int_household_ties') }}
    group by person_key, hub_key

),

final as (

    select
        person_key as left_key,
        person_key as right_key,
        cast(null as double) as match_weight,
        false as is_contradiction
    from {{ ref('int_household_people') }}
    where not is_institution
    union all
    select
        min(person_key) over (partition by hub_key) as left_key,
        person_key as right_key,
        cast(tie_weight as double) as match_weight,
        false as is_contradiction
    from ties
    qualify min(person_key) over (partition by hub_key) <> person_key

)

select * from final
