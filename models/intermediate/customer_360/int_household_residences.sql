{{ config(materialized='table', access='protected') }}

with

records as (

    select
        people.person_key,
        people.is_institution,
        records.record_timestamp,
        records.source_customer_key,
        records.standard_last_name as surname,
        {{ soundex('records.standard_last_name') }} as surname_sound,
        records.standard_house_number as house_number,
        records.standard_street as street,
        records.standard_unit as unit,
        records.standard_zip_code as zip_code,
        records.country,
        records.address_key is not null as has_home,
        {{ surrogate_key([
            'records.standard_house_number', 'records.standard_unit', 'records.standard_zip_code',
            "coalesce(records.country, '" ~ var('default_country') ~ "')",
        ]) }} as door_key
    from {{ ref('silver_customer_records') }} as records
    inner join {{ ref('int_household_people') }} as people
        on records.customer_key = people.customer_key

),

spellings as (

    select
        door_key,
        surname_sound,
        street,
        count(*) as records
    from records
    where has_home
    group by door_key, surname_sound, street

),

-- of a street that a family's records spell alike, at one number, the commonest spelling counts;
-- 5th is not 6th
alike as (

    select
        ours.door_key,
        ours.surname_sound,
        ours.street as street_l,
        theirs.street as street_r,
        theirs.records
    from spellings as ours
    inner join spellings as theirs
        on ours.door_key = theirs.door_key and ours.surname_sound = theirs.surname_sound
    where
        {{ replaced_all('ours.street', '[^0-9]', '') }}
        = {{ replaced_all('theirs.street', '[^0-9]', '') }}

),

spelled as (

    select
        door_key,
        surname_sound,
        street_l as street,
        street_r as common_street
    from alike
    where {{ alike('street', 3) }}
    qualify row_number() over (
        partition by door_key, surname_sound, street_l order by records desc, street_r asc
    ) = 1

),

located as (

    select
        records.person_key,
        records.is_institution,
        records.record_timestamp,
        records.source_customer_key,
        records.surname,
        case
            when records.has_home
                then {{ surrogate_key([
                    'records.door_key', 'coalesce(spelled.common_street, records.street)',
                ]) }}
        end as home_key
    from records
    left join spelled
        on
            records.door_key = spelled.door_key
            and records.surname_sound = spelled.surname_sound
            and records.street = spelled.street

),

-- as of each day, the newest record that tells a home, and the newest that tells a surname
days as (

    select
        person_key,
        is_institution,
        cast(record_timestamp as date) as known_date,
        last_value(home_key ignore nulls) over so_far as home_key,
        last_value(surname ignore nulls) over so_far as surname
    from located
    window
        so_far as (
            partition by person_key order by record_timestamp, source_customer_key
            rows between unbounded preceding and current row
        )
    qualify row_number() over (
        partition by person_key, cast(record_timestamp as date)
        order by record_timestamp desc, source_customer_key desc
    ) = 1

),

changes as (

    select *
    from days
    where home_key is not null
    window person as (partition by person_key order by known_date)
    qualify
        row_number() over person = 1
        or home_key is distinct from lag(home_key) over person
        or surname is distinct from lag(surname) over person

),

final as (

    select
        person_key,
        home_key,
        surname,
        {{ soundex('surname') }} as surname_sound,
        is_institution,
        known_date as valid_from_date,
        lead(known_date) over (partition by person_key order by known_date) as valid_to_date
    from changes

)

select * from final
