{{ config(materialized='table') }}

with

bonds as (

    select
        presence_key,
        bool_or(evidence = 'declared') as is_declared,
        bool_or(evidence = 'home') as is_at_home,
        count(*) as bond_count
    from {{ ref('int_household_bonds') }}
    group by presence_key

),

-- of relationships that hold now, how many are declared from this person's side
primaries as (

    select
        presences.presence_key,
        count(*) as relationship_count
    from {{ ref('int_household_presences') }} as presences
    inner join {{ ref('int_household_relationships') }} as relationships
        on
            presences.person_key = relationships.primary_person_key
            and presences.valid_from_date >= relationships.valid_from_date
            and (
                relationships.valid_to_date is null
                or presences.valid_from_date < relationships.valid_to_date
            )
    group by presences.presence_key

),

grouped as (

    select
        presences.*,
        people.customer_key,
        people.first_known_date,
        people.birth_date,
        people.marital_status,
        people.surname_sound,
        groups_now.component_key as group_key,
        coalesce(primaries.relationship_count, 0) as relationship_count,
        case
            when bonds.presence_key is null then 'alone'
            when bonds.is_declared then 'declared'
            when bonds.is_at_home then 'home'
            else 'surname'
        end as evidence
    from {{ ref('int_household_presences') }} as presences
    inner join {{ ref('int_household_people') }} as people
        on presences.person_key = people.person_key
    inner join {{ ref('int_household_groups') }} as groups_now
        on presences.presence_key = groups_now.source_customer_key
    left join bonds on presences.presence_key = bonds.presence_key
    left join primaries on presences.presence_key = primaries.presence_key

),

-- the household is that of the member known longest: who is in it says so and nothing else, so that
-- each run, in each order of arrival, gives it the same name
founded as (

    select
        *,
        first_value(person_key) over (
            partition by group_key order by first_known_date, person_key
        ) as founder_person_key,
        first_value(person_key) over (
            partition by group_key
            order by
                relationship_count desc,
                case when birth_date is null then 1 else 0 end asc,
                birth_date asc,
                first_known_date asc,
                person_key asc
        ) as head_person_key
    from grouped

),

final as (

    select
        presence_key,
        person_key,
        customer_key,
        group_key,
        {{ surrogate_key(["'household'", 'founder_person_key']) }} as household_key,
        founder_person_key,
        head_person_key,
        valid_from_date,
        valid_to_date,
        birth_date,
        marital_status,
        surname_sound,
        evidence
    from founded

)

select * from final
