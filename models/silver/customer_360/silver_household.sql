with

-- as it is, or as it was on its last day
latest_states as (

    select * from {{ ref('silver_household_states') }}
    qualify row_number() over (partition by household_key order by valid_from_date desc) = 1

),

described as (

    select
        latest_states.*,
        profiles.household_id,
        profiles.primary_customer_key,
        profiles.household_income,
        profiles.is_well_evidenced,
        profiles.head_income,
        profiles.head_birth_date as date_of_birth,
        profiles.standard_region,
        profiles.country,
        profiles.has_home,
        stays.lifecycle_stage,
        build_dates.as_of as as_of_date,
        coalesce(latest_states.valid_to_date, build_dates.as_of) as last_date,
        case
            when profiles.has_home
                then {{ as_json(
                    "concat('{\"line1\": \"', profiles.standard_house_number, ' ', "
                    ~ "profiles.standard_street, '\", \"unit\": \"', coalesce(profiles.standard_unit, ''), "
                    ~ "'\", \"city\": \"', profiles.standard_city, '\", \"region\": \"', "
                    ~ "profiles.standard_region, '\", \"postal_code\": \"', profiles.standard_zip_code, "
                    ~ "'\", \"country\": \"', profiles.country, '\"}')"
                ) }}
        end as primary_address
    from latest_states
    inner join {{ ref('int_household_profiles') }} as profiles
        on latest_states.household_key = profiles.household_key
    cross join {{ ref('int_core__build_dates') }} as build_dates
    left join {{ ref('silver_customer_lifecycle_history') }} as stays
        on profiles.primary_customer_key = stays.customer_key and stays.is_current

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
