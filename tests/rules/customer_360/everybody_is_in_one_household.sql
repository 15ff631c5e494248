-- whom a record or a relationship names, and who is no institution, is in a household from the
-- first day known on, and nobody else is; silver_household_members tests that it is one at a time
with

members as (

    select
        customer_key,
        min(valid_from_date) as first_day
    from {{ ref('silver_household_members') }}
    group by customer_key

)

select
    coalesce(people.customer_key, members.customer_key) as customer_key,
    people.first_known_date,
    members.first_day
from {{ ref('int_household_people') }} as people
full outer join members on people.customer_key = members.customer_key
where
    people.customer_key is null
    or people.is_institution and members.customer_key is not null
    or not people.is_institution and members.first_day is distinct from people.first_known_date
