{{ config(materialized='table', access='protected') }}

with

records as (

    select
        *,
        row_number() over (
            partition by customer_key order by record_timestamp desc, source_customer_key asc
        ) as record_rank
    from {{ ref('silver_customer_records') }}

),

-- whoever a record or a relationship names, from the first day it does
named as (

    select
        customer_key,
        source_customer_key,
        min(cast(record_timestamp as date)) as first_known_date
    from records
    group by customer_key, source_customer_key
    union all
    select
        coalesce(identities.customer_key, parties.source_customer_key) as customer_key,
        parties.source_customer_key,
        min(cast(parties.relationship_timestamp as date)) as first_known_date
    from {{ ref('silver_customer_relationships') }} as parties
    left join {{ ref('silver_customer_identities') }} as identities
        on parties.source_customer_key = identities.source_customer_key
    where parties.source_customer_key is not null
    group by
        coalesce(identities.customer_key, parties.source_customer_key), parties.source_customer_key

),

-- a person is known by the source customer that was there first: golden keys depend on the order of
-- arrival, and a household must not
people as (

    select
        customer_key,
        source_customer_key as person_key,
        first_known_date
    from named
    qualify row_number() over (
        partition by customer_key order by first_known_date, source_customer_key
    ) = 1

),

described as (

    select
        customer_key,
        min_by(date_of_birth, record_rank) filter (where date_of_birth is not null)
            as birth_date,
        min_by(marital_status, record_rank) filter (where marital_status is not null)
            as marital_status,
        min_by(standard_last_name, record_rank) filter (where standard_last_name is not null)
            as surname,
        coalesce(bool_or(
            {{ text_matches('customer_type', "'" ~ var('institution_type_pattern') ~ "'") }}
            or {{ text_matches('lower(full_name)', "'" ~ var('institution_name_pattern') ~ "'") }}
        ), false) as looks_like_institution
    from records
    group by customer_key

),

-- whoever has a birth date is a person: a trader too
final as (

    select
        people.customer_key,
        people.person_key,
        people.first_known_date,
        described.birth_date,
        described.marital_status,
        {{ soundex('described.surname') }} as surname_sound,
        coalesce(described.looks_like_institution and described.birth_date is null, false)
            as is_institution
    from people
    left join described on people.customer_key = described.customer_key

)

select * from final
