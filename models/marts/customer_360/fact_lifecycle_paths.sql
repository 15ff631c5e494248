with

paths as (select * from {{ ref('silver_customer_lifecycle_paths') }}),

final as (

    select

        -- keys
        customer_key,
        {{ date_key('customer_from_date') }} as customer_from_date_key,
        {{ surrogate_key(['current_stage']) }} as current_stage_key,

        -- when
        customer_from_date,
        first_seen_date,
        onboarded_date,
        activated_date,
        completed_date,
        first_purchase_date,

        -- measures
        days_to_activation,
        cast({{ dbt.datediff('customer_from_date', 'first_purchase_date', 'day') }} as integer)
            as days_to_first_purchase,
        completed_date is not null as is_completed,
        furthest_progression_score,
        stay_count,
        1 as customer_count

    from paths
    where customer_from_date is not null

)

select * from final
