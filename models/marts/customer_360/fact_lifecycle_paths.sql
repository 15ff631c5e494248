with

paths as (select * from {{ ref('silver_customer_lifecycle_paths') }}),

final as (

    select

        -- keys
        paths.customer_key,
        calendar.date_key as customer_from_date_key,
        {{ surrogate_key(['paths.current_stage']) }} as current_stage_key,

        -- when
        paths.customer_from_date,
        paths.first_seen_date,
        paths.onboarded_date,
        paths.activated_date,
        paths.completed_date,
        paths.first_purchase_date,

        -- measures
        paths.days_to_activation,
        cast({{ dbt.datediff(
            'paths.customer_from_date', 'paths.first_purchase_date', 'day'
        ) }} as integer) as days_to_first_purchase,
        paths.completed_date is not null as is_completed,
        paths.furthest_progression_score,
        paths.stay_count,
        1 as customer_count

    from paths
    left join {{ ref('dim_date') }} as calendar
        on paths.customer_from_date = calendar.date_day
    where paths.customer_from_date is not null

)

select * from final
