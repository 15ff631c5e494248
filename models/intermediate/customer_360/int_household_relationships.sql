{{ config(materialized='table', access='protected') }}

with

residences as (select * from {{ ref('int_household_residences') }}),

parties as (

    select
        parties.*,
        people.person_key,
        people.first_known_date
    from {{ ref('silver_customer_relationships') }} as parties
    left join {{ ref('silver_customer_identities') }} as identities
        on parties.source_customer_key = identities.source_customer_key
    inner join {{ ref('int_household_people') }} as people
        on
            coalesce(identities.customer_key, parties.source_customer_key) = people.customer_key
            and not people.is_institution

),

-- known to us as two since both are
pairs as (

    select
        ours.relationship_key,
        ours.declared_household_key,
        ours.person_key as primary_person_key,
        theirs.person_key as related_person_key,
        coalesce(bindings.related_role, 'other') as related_role,
        coalesce(bindings.primary_role, 'other') as primary_role,
        coalesce(bindings.ends_with_move, true) as ends_with_move,
        greatest(ours.valid_from_date, ours.first_known_date, theirs.first_known_date)
            as valid_from_date,
        ours.valid_to_date
    from parties as ours
    inner join parties as theirs on ours.relationship_key = theirs.relationship_key
    left join {{ ref('relationship_types') }} as bindings
        on ours.relationship_type = bindings.relationship_type
    where
        ours.party = 'primary'
        and theirs.party = 'related'
        and ours.person_key <> theirs.person_key
        and coalesce(bindings.is_household, ours.declared_household_key is not null)

),

-- whenever one of the two says where it lives
cuts as (

    select
        relationship_key,
        valid_from_date as cut_date
    from pairs
    union distinct
    select
        pairs.relationship_key,
        residences.valid_from_date as cut_date
    from pairs
    inner join residences
        on
            residences.person_key in (pairs.primary_person_key, pairs.related_person_key)
            and pairs.valid_from_date < residences.valid_from_date

),

stretches as (

    select
        pairs.*,
        cuts.cut_date,
        lead(cuts.cut_date) over (partition by pairs.relationship_key order by cuts.cut_date)
            as next_cut_date
    from pairs
    inner join cuts on pairs.relationship_key = cuts.relationship_key
    where pairs.valid_to_date is null or cuts.cut_date < pairs.valid_to_date

),

-- a record from before they were bound does not part them
housed as (

    select
        stretches.*,
        coalesce(
            stretches.ends_with_move
            and ours.home_key <> theirs.home_key
            and greatest(ours.valid_from_date, theirs.valid_from_date)
            > stretches.valid_from_date,
            false
        ) as is_apart
    from stretches
    left join residences as ours
        on
            stretches.primary_person_key = ours.person_key
            and stretches.cut_date >= ours.valid_from_date
            and (stretches.cut_date < ours.valid_to_date or ours.valid_to_date is null)
    left join residences as theirs
        on
            stretches.related_person_key = theirs.person_key
            and stretches.cut_date >= theirs.valid_from_date
            and (stretches.cut_date < theirs.valid_to_date or theirs.valid_to_date is null)

),

numbered as (

    select
        *,
        count(case when not is_apart then 1 end) over (
            partition by relationship_key order by cut_date
        ) as time_together
    from housed

),

-- who follows within days has not been left
parted as (

    select
        *,
        {{ dbt.dateadd(
            'day', var('household_move_days'),
            'min(case when is_apart then cut_date end) over '
            ~ '(partition by relationship_key, time_together)'
        ) }} as left_at
    from numbered

),

final as (

    select
        relationship_key,
        declared_household_key,
        primary_person_key,
        related_person_key,
        primary_role,
        related_role,
        cut_date as valid_from_date,
        least(
            next_cut_date, valid_to_date, case when is_apart then cast(left_at as date) end
        ) as valid_to_date
    from parted
    where not is_apart or cut_date < cast(left_at as date)

)

select * from final
