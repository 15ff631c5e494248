{{ config(materialized='table') }}

with

relationships as (select * from {{ ref('int_household_relationships') }}),

-- one door is one household; in a house of many only a family of one name; in an institution nobody
residents as (

    select
        residences.person_key,
        homes.home_kind as evidence,
        case
            when homes.home_kind = 'home' then residences.home_key
            else {{ surrogate_key(['residences.home_key', 'residences.surname_sound']) }}
        end as hub_key,
        greatest(residences.valid_from_date, homes.valid_from_date) as valid_from_date,
        least(residences.valid_to_date, homes.valid_to_date) as valid_to_date
    from {{ ref('int_household_residences') }} as residences
    inner join {{ ref('int_household_homes') }} as homes
        on
            residences.home_key = homes.home_key
            and coalesce(residences.valid_from_date < homes.valid_to_date, true)
            and coalesce(residences.valid_to_date > homes.valid_from_date, true)
    where
        not residences.is_institution
        and (
            homes.home_kind = 'home'
            or homes.home_kind = 'apartments' and residences.surname_sound is not null
        )

),

declared as (

    select
        primary_person_key as person_key,
        relationship_key as hub_key,
        valid_from_date,
        valid_to_date
    from relationships
    union all
    select
        related_person_key as person_key,
        relationship_key as hub_key,
        valid_from_date,
        valid_to_date
    from relationships
    union all
    select
        primary_person_key as person_key,
        declared_household_key as hub_key,
        valid_from_date,
        valid_to_date
    from relationships
    where declared_household_key is not null
    union all
    select
        related_person_key as person_key,
        declared_household_key as hub_key,
        valid_from_date,
        valid_to_date
    from relationships
    where declared_household_key is not null

),

final as (

    select
        person_key,
        hub_key,
        case evidence when 'home' then 'home' else 'surname' end as evidence,
        valid_from_date,
        valid_to_date
    from residents
    union all
    -- of several that begin on one day the longest
    select
        person_key,
        hub_key,
        'declared' as evidence,
        valid_from_date,
        case when count(valid_to_date) = count(*) then max(valid_to_date) end as valid_to_date
    from declared
    group by person_key, hub_key, valid_from_date

)

select * from final
