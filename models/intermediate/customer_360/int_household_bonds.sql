{{ config(materialized='table') }}

with

-- a tie may be told by several relationships at the time
bound as (

    select distinct
        present.presence_key,
        present.valid_from_date,
        known.hub_key,
        known.evidence
    from {{ ref('int_household_presences') }} as present
    inner join {{ ref('int_household_ties') }} as known
        on
            present.person_key = known.person_key
            and present.valid_from_date >= known.valid_from_date
            and (present.valid_from_date < known.valid_to_date or known.valid_to_date is null)

),

final as (

    select
        presence_key,
        hub_key,
        evidence,
        min(presence_key) over shared as first_presence_key
    from bound
    window shared as (partition by hub_key, valid_from_date)
    qualify count(*) over shared > 1

)

select * from final
