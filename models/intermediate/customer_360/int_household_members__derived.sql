{{ config(materialized='table') }}

with

-- a new row only where household, role or evidence is another than before
marked as (

    select
        *,
        case
            when
                household_key = lag(household_key) over person
                and household_role = lag(household_role) over person
                and evidence = lag(evidence) over person
                then 0
            else 1
        end as is_change
    from {{ ref('int_household_roles') }}
    window person as (partition by person_key order by valid_from_date)

),

numbered as (

    select
        *,
        sum(is_change) over (
            partition by person_key order by valid_from_date
            rows between unbounded preceding and current row
        ) as spell_number
    from marked

),

final as (

    select
        person_key,
        min(customer_key) as customer_key,
        min(household_key) as household_key,
        min(founder_person_key) as founder_person_key,
        min(household_role) as household_role,
        min(valid_from_date) as valid_from_date,
        case when count(*) = count(valid_to_date) then max(valid_to_date) end as valid_to_date,
        min(evidence) as evidence,
        -- all of it is derived in every run; silver_household_members keeps what came out as it was
        {{ batch_number() }} as derived_in_batch
    from numbered
    group by person_key, spell_number

)

select * from final
