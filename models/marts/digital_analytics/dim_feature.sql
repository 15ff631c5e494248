with

last_day as (

    select max(date_day) as last_date from {{ ref('dim_date') }}

),

final as (

    select
        features.feature_key,
        features.feature_id,
        features.feature_name,
        features.feature_category,
        features.feature_version,
        features.feature_type,
        features.first_use_date as release_date,
        cast(null as date) as deprecation_date,
        {{ dbt.datediff('features.last_use_date', 'last_day.last_date', 'day') }}
        <= {{ var("feature_churn_days") }} as active_flag,
        features.effective_from,
        features.effective_to,
        features.is_current
    from {{ ref('silver_features') }} as features
    cross join last_day
    union all
    select
        -1 as feature_key,
        null as feature_id,
        '(unknown)' as feature_name,
        null as feature_category,
        null as feature_version,
        null as feature_type,
        null as release_date,
        null as deprecation_date,
        false as active_flag,
        null as effective_from,
        null as effective_to,
        true as is_current

)

select * from final
