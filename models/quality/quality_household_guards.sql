{{ config(group='customer_360') }}

with

current_homes as (

    select * from {{ ref('int_household_homes') }}
    where valid_to_date is null

),

current_residences as (

    select * from {{ ref('int_household_residences') }}
    where valid_to_date is null

),

current_relationships as (

    select * from {{ ref('int_household_relationships') }}
    where valid_to_date is null

),

-- the two live apart by now, and nothing says that the relationship has ended
parted as (

    select relationships.*
    from {{ ref('int_household_relationships') }} as relationships
    inner join {{ ref('silver_customer_relationships') }} as parties
        on relationships.relationship_key = parties.relationship_key
    where parties.party = 'primary' and parties.valid_to_date is null
    qualify row_number() over (
        partition by relationships.relationship_key order by relationships.valid_from_date desc
    ) = 1

),

guarded as (

    select
        'apartments' as guard,
        count(distinct current_homes.home_key) as case_count,
        count(current_residences.person_key) as customer_count
    from current_homes
    left join current_residences on current_homes.home_key = current_residences.home_key
    where current_homes.home_kind = 'apartments'
    union all
    select
        'institution at an address' as guard,
        count(distinct current_homes.home_key) as case_count,
        count(current_residences.person_key) as customer_count
    from current_homes
    left join current_residences on current_homes.home_key = current_residences.home_key
    where current_homes.home_kind = 'institution'
    union all
    select
        'customer is an institution' as guard,
        count(*) as case_count,
        count(*) as customer_count
    from {{ ref('int_household_people') }}
    where is_institution
    union all
    select
        'moved out' as guard,
        count(*) as case_count,
        count(*) as customer_count
    from parted
    where valid_to_date is not null
    union all
    select
        'relationship makes no household' as guard,
        count(*) as case_count,
        2 * count(*) as customer_count
    from {{ ref('silver_customer_relationships') }}
    where
        party = 'primary'
        and valid_to_date is null
        and relationship_key not in (
            select every_one.relationship_key
            from {{ ref('int_household_relationships') }} as every_one
        )
    union all
    select
        'spouses at two homes' as guard,
        count(*) as case_count,
        2 * count(*) as customer_count
    from current_relationships
    inner join current_residences as ours
        on current_relationships.primary_person_key = ours.person_key
    inner join current_residences as theirs
        on current_relationships.related_person_key = theirs.person_key
    where current_relationships.related_role = 'spouse' and ours.home_key <> theirs.home_key

),

final as (

    select
        guard,
        cast(case_count as integer) as case_count,
        cast(customer_count as integer) as customer_count
    from guarded

)

select * from final
