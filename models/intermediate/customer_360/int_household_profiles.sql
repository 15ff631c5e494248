with

members as (select * from {{ ref('silver_household_members') }}),

-- as it is, or as it was on its last day
latest_states as (

    select * from {{ ref('silver_household_states') }}
    qualify row_number() over (partition by household_key order by valid_from_date desc) = 1

),

latest_members as (

    select members.*
    from members
    inner join latest_states
        on
            members.household_key = latest_states.household_key
            and members.valid_to_date is not distinct from latest_states.valid_to_date

),

records as (

    select
        records.*,
        row_number() over (
            partition by records.customer_key
            order by records.record_timestamp desc, records.source_customer_key asc
        ) as record_rank
    from {{ ref('silver_customer_records') }} as records
    where records.customer_key in (select latest_members.customer_key from latest_members)

),

-- of what records tell the newest counts
people as (

    select
        customer_key,
        min_by(annual_income, record_rank) filter (where annual_income is not null)
            as annual_income,
        min_by(date_of_birth, record_rank) filter (where date_of_birth is not null)
            as date_of_birth,
        min(record_rank) filter (where address_key is not null) as home_rank
    from records
    group by customer_key

),

totals as (

    select
        latest_members.household_key,
        min(latest_members.household_id) as household_id,
        min(case when latest_members.household_role = 'head' then latest_members.customer_key end)
            as primary_customer_key,
        sum(people.annual_income) as household_income,
        bool_and(latest_members.evidence <> 'surname') as is_well_evidenced
    from latest_members
    left join people on latest_members.customer_key = people.customer_key
    group by latest_members.household_key

),

final as (

    select
        totals.household_key,
        totals.household_id,
        totals.primary_customer_key,
        totals.household_income,
        totals.is_well_evidenced,
        heads.annual_income as head_income,
        heads.date_of_birth as head_birth_date,
        homes.standard_house_number,
        homes.standard_street,
        homes.standard_unit,
        homes.standard_city,
        homes.standard_region,
        homes.standard_zip_code,
        homes.country,
        homes.record_key is not null as has_home
    from totals
    left join people as heads on totals.primary_customer_key = heads.customer_key
    left join records as homes
        on heads.customer_key = homes.customer_key and heads.home_rank = homes.record_rank

)

select * from final
