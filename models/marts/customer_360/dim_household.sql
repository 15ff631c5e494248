with

households as (select * from {{ ref('silver_household') }}),

final as (

    select
        household_key,
        household_id,
        {{ surrogate_key(['household_type']) }} as household_type_key,
        household_type,
        household_size,
        generation_count,
        case
            when household_income < 40000 then 'under 40,000'
            when household_income < 80000 then '40,000 to 79,999'
            when household_income < 150000 then '80,000 to 149,999'
            when household_income >= 150000 then '150,000 and more'
        end as household_income_band,
        household_age_range,
        household_lifecycle_stage,
        region,
        country,
        household_since_date,
        dissolved_date,
        is_current
    from households
    union all
    select
        -1 as household_key,
        '(unknown)' as household_id,
        -1 as household_type_key,
        '(unknown)' as household_type,
        null as household_size,
        null as generation_count,
        null as household_income_band,
        null as household_age_range,
        null as household_lifecycle_stage,
        null as region,
        null as country,
        null as household_since_date,
        null as dissolved_date,
        false as is_current

)

select * from final
