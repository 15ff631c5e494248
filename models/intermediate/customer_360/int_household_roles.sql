{{ config(materialized='table') }}
{% set generation_days = var('household_generation_years') * 365 %}

with

rosters as (select * from {{ ref('int_household_rosters') }}),

heads as (

    select * from rosters
    where person_key = head_person_key

),

relationships as (select * from {{ ref('int_household_relationships') }}),

-- what the head's relationships say
told_roles as (

    select
        primary_person_key as head_person_key,
        related_person_key as person_key,
        related_role as told_role,
        relationship_key,
        valid_from_date,
        valid_to_date
    from relationships
    union all
    select
        related_person_key as head_person_key,
        primary_person_key as person_key,
        primary_role as told_role,
        relationship_key,
        valid_from_date,
        valid_to_date
    from relationships

),

declared as (

    select
        rosters.presence_key,
        min_by(told_roles.told_role, told_roles.relationship_key) as told_role
    from rosters
    inner join told_roles
        on
            rosters.head_person_key = told_roles.head_person_key
            and rosters.person_key = told_roles.person_key
            and rosters.valid_from_date >= told_roles.valid_from_date
            and (
                told_roles.valid_to_date is null
                or rosters.valid_from_date < told_roles.valid_to_date
            )
    group by rosters.presence_key

),

compared as (

    select
        rosters.*,
        declared.told_role,
        rosters.person_key = rosters.head_person_key as is_head,
        rosters.surname_sound <> heads.surname_sound as has_other_surname,
        {{ dbt.datediff('heads.birth_date', 'rosters.birth_date', 'day') }} as younger_by_days,
        'married' in (lower(rosters.marital_status), lower(heads.marital_status)) as may_be_spouse,
        bool_or(declared.told_role = 'spouse') over (partition by rosters.group_key)
            as has_declared_spouse
    from rosters
    inner join heads on rosters.group_key = heads.group_key
    left join declared on rosters.presence_key = declared.presence_key

),

-- where no spouse is declared: of the head's generation the nearest in age, if one
-- of the two is married
spouses as (

    select presence_key
    from compared
    where
        not is_head
        and told_role is null
        and may_be_spouse
        and not coalesce(has_declared_spouse, false)
        and abs(younger_by_days) < {{ generation_days }}
    qualify row_number() over (
        partition by group_key order by abs(younger_by_days), person_key
    ) = 1

),

final as (

    select
        compared.presence_key,
        compared.person_key,
        compared.customer_key,
        compared.group_key,
        compared.household_key,
        compared.founder_person_key,
        compared.valid_from_date,
        compared.valid_to_date,
        compared.birth_date,
        compared.evidence,
        case
            when compared.is_head then 'head'
            when compared.told_role is not null then compared.told_role
            when spouses.presence_key is not null then 'spouse'
            when compared.has_other_surname then 'roommate'
            when compared.younger_by_days >= {{ 2 * generation_days }} then 'grandchild'
            when compared.younger_by_days >= {{ generation_days }} then 'child'
            when compared.younger_by_days <= -{{ 2 * generation_days }} then 'grandparent'
            when compared.younger_by_days <= -{{ generation_days }} then 'parent'
            else 'other'
        end as household_role
    from compared
    left join spouses on compared.presence_key = spouses.presence_key

)

select * from final
