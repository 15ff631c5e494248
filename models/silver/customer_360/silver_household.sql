with

members as (select * from {{ ref('silver_household_members') }}),

-- as it is, or as it was on its last day
latest_states as (

    select * from {{ ref('silver_household_states') }}
    qualify row_number() over (partition by household_key order by valid_from_date desc) = 1

),

latest_members as (

    select
        members.*,
        latest_states.is_current as household_is_current
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

described as (

    select
        latest_states.*,
        totals.household_id,
        totals.primary_customer_key,
        totals.household_income,
        totals.is_well_evidenced,
        heads.annual_income as head_income,
        heads.date_of_birth,
        homes.standard_city,
        homes.standard_region,
        homes.country,
        homes.record_key is not null as has_home,
        stays.lifecycle_stage,
        build_dates.as_of as as_of_date,
        coalesce(latest_states.valid_to_date, build_dates.as_of) as last_date,
        case
            when homes.record_key is not null
                then {{ as_json(
                    "concat('{\"line1\": \"', homes.standard_house_number, ' ', "
                    ~ "homes.standard_street, '\", \"unit\": \"', coalesce(homes.standard_unit, ''), "
                    ~ "'\", \"city\": \"', homes.standard_city, '\", \"region\": \"', "
                    ~ "homes.standard_region, '\", \"postal_code\": \"', homes.standard_zip_code, "
                    ~ "'\", \"country\": \"', homes.country, '\"}')"
                ) }}
        end as primary_address
    from latest_states
    inner join totals on latest_states.household_key = totals.household_key
    cross join {{ ref('int_core__build_dates') }} as build_dates
    left join people as heads on totals.primary_customer_key = heads.customer_key
    left join records as homes
        on heads.customer_key = homes.customer_key and heads.home_rank = homes.record_rank
    left join {{ ref('silver_customer_lifecycle_history') }} as stays
        on totals.primary_customer_key = stays.customer_key and stays.is_current

),

aged as (

    select
        *,
        {{ dbt.datediff('date_of_birth', 'last_date', 'year') }}
        - case
            when
                month(last_date) * 100 + day(last_date)
                < month(date_of_birth) * 100 + day(date_of_birth)
                then 1
            else 0
        end as head_age,
        {{ dbt.datediff('household_since_date', 'last_date', 'year') }}
        - case
            when
                month(last_date) * 100 + day(last_date)
                < month(household_since_date) * 100 + day(household_since_date)
                then 1
            else 0
        end as years
    from described

),

final as (

    select
        household_key,
        household_id,
        household_size,
        primary_customer_key,
        household_type_code as household_type,
        cast(household_income as decimal(18, 2)) as household_income,
        case
            when head_age < 25 then 'under 25'
            when head_age < 35 then '25-34'
            when head_age < 45 then '35-44'
            when head_age < 55 then '45-54'
            when head_age < 65 then '55-64'
            when head_age >= 65 then '65 and over'
        end as household_age_range,
        lifecycle_stage as household_lifecycle_stage,
        total_products,
        total_balance,
        total_deposits,
        total_loans,
        household_revenue_ytd,
        household_lifetime_value,
        household_since_date,
        cast(years as integer) as household_tenure_years,
        primary_address,
        cast(20 * (
            case when date_of_birth is not null then 1 else 0 end
            + case when has_home then 1 else 0 end
            + case when head_income is not null then 1 else 0 end
            + case when is_well_evidenced then 1 else 0 end
            + case when lifecycle_stage is not null then 1 else 0 end
        ) as decimal(5, 2)) as data_quality_score,
        cast(household_since_date as timestamp) as created_timestamp,
        cast(valid_from_date as timestamp) as updated_timestamp,
        case
            when length(standard_region) <= 3 then upper(standard_region) else standard_region
        end as region,
        country,
        generation_count,
        is_current,
        valid_to_date as dissolved_date,
        as_of_date
    from aged

)

select * from final
