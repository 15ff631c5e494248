{{ config(materialized='table') }}

with

people as (

    select
        kin.source_customer_key as person_key,
        kin.component_key as kin_key,
        people.first_known_date,
        count(*) over (partition by kin.component_key) as kin_size
    from {{ ref('int_household_kin') }} as kin
    inner join {{ ref('int_household_people') }} as people
        on kin.source_customer_key = people.person_key

),

ties as (

    select
        people.kin_key,
        known.valid_from_date,
        known.valid_to_date
    from people
    inner join {{ ref('int_household_ties') }} as known on people.person_key = known.person_key
    where people.kin_size > 1

),

changes as (

    select
        kin_key,
        first_known_date as change_date
    from people
    union distinct
    select
        kin_key,
        valid_from_date as change_date
    from ties
    union distinct
    select
        kin_key,
        valid_to_date as change_date
    from ties
    where valid_to_date is not null

),

stretches as (

    select
        kin_key,
        change_date as valid_from_date,
        lead(change_date) over (partition by kin_key order by change_date) as valid_to_date
    from changes

),

final as (

    select
        {{ surrogate_key(['people.person_key', 'stretches.valid_from_date']) }} as presence_key,
        people.person_key,
        people.kin_key,
        stretches.valid_from_date,
        stretches.valid_to_date
    from people
    inner join stretches
        on
            people.kin_key = stretches.kin_key
            and people.first_known_date <= stretches.valid_from_date

)

select * from final
