with

numbers as (

    {{ dbt.generate_series(1440) }}

),

minutes as (

    select
        cast(floor((generated_number - 1) / 60) as integer) as hour_of_day,
        cast(mod(generated_number - 1, 60) as integer) as minute_of_hour
    from numbers

),

final as (

    select
        cast(hour_of_day * 100 + minute_of_hour as integer) as time_key,
        hour_of_day,
        minute_of_hour,
        lpad(cast(hour_of_day as string), 2, '0')
        || ':' || lpad(cast(minute_of_hour as string), 2, '0') as time_label,
        case
            when hour_of_day < 6 then 'night'
            when hour_of_day < 12 then 'morning'
            when hour_of_day < 18 then 'afternoon'
            else 'evening'
        end as day_part,
        hour_of_day between 9 and 16 as is_business_hour
    from minutes

)

select * from final
