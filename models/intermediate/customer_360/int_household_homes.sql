{{ config(materialized='table', access='protected') }}

with

residences as (select * from {{ ref('int_household_residences') }}),

arrivals_and_departures as (

    select
        home_key,
        surname_sound,
        is_institution,
        valid_from_date as change_date,
        1 as people
    from residences
    union all
    select
        home_key,
        surname_sound,
        is_institution,
        valid_to_date as change_date,
        -1 as people
    from residences
    where valid_to_date is not null

),

changes as (

    select
        home_key,
        surname_sound,
        change_date,
        sum(people) as people,
        sum(case when is_institution then people else 0 end) as institutions
    from arrivals_and_departures
    group by home_key, surname_sound, change_date

),

-- who bears a surname is there from the first such person's arrival to the last one's departure
families as (

    select
        *,
        sum(people) over so_far as people_now,
        sum(people) over so_far - people as people_before
    from changes
    window so_far as (
        partition by home_key, surname_sound order by change_date
        rows between unbounded preceding and current row
    )

),

days as (

    select
        home_key,
        change_date,
        sum(people) as people,
        sum(institutions) as institutions,
        sum(case
            when surname_sound is null then 0
            when people_now > 0 and people_before <= 0 then 1
            when people_now <= 0 and people_before > 0 then -1
            else 0
        end) as surnames
    from families
    group by home_key, change_date

),

counted as (

    select
        home_key,
        change_date as valid_from_date,
        lead(change_date) over (partition by home_key order by change_date) as valid_to_date,
        sum(people) over so_far as people,
        sum(institutions) over so_far as institutions,
        sum(surnames) over so_far as surnames
    from days
    window so_far as (
        partition by home_key order by change_date
        rows between unbounded preceding and current row
    )

),

final as (

    select
        home_key,
        valid_from_date,
        valid_to_date,
        cast(people as integer) as people,
        cast(surnames as integer) as surnames,
        case
            when people > {{ var('household_institution_people') }} then 'institution'
            when
                institutions > 0
                or people > {{ var('household_home_people') }}
                or surnames > {{ var('household_home_surnames') }}
                then 'apartments'
            else 'home'
        end as home_kind
    from counted
    where people > 0

)

select * from final
