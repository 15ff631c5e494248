with

days as (

    select * from {{ ref('int_feature_customers__days') }}
    where events > 0

),

as_of as (

    select
        max({% if var('as_of') %}date '{{ var("as_of") }}'{% else %}usage_date{% endif %}) as as_of
    from days

),

dated as (

    select
        days.*,
        as_of.as_of,
        coalesce(
            {{ dbt.datediff('days.usage_date', 'as_of.as_of', 'day') }}
            < {{ var("feature_window_days") }}, false
        ) as is_recent
    from days
    cross join as_of

),

pairs as (

    select
        customer_key,
        feature_id,
        max(as_of) as as_of,
        min(first_use_date) as first_use_date,
        max(usage_date) as last_use_date,
        min(case when value_day_number = 1 then usage_date end) as activation_date,
        min(case when value_day_number = {{ var("feature_adopted_days") }} then usage_date end)
            as adoption_date,
        sum(uses) as total_uses,
        count(case when is_recent then 1 end) as recent_days,
        count(case when is_recent and is_value_day then 1 end) as recent_value_days,
        bool_or(
            {{ dbt.datediff('first_use_date', 'usage_date', 'day') }}
            between {{ var("feature_retention_days") }} and {{ var("feature_retention_days") }} + 6
        ) as is_retained,
        100.0 * sum(complete_events) / sum(events) as data_quality_score,
        min(source_system) as source_system
    from dated
    group by customer_key, feature_id

),

final as (

    select
        {{ surrogate_key(['pairs.customer_key', 'pairs.feature_id']) }} as adoption_key,
        pairs.customer_key,
        features.feature_key,
        pairs.adoption_date,
        pairs.first_use_date,
        pairs.last_use_date,
        cast({{ dbt.datediff('pairs.first_use_date', 'pairs.adoption_date', 'day') }} as integer)
            as days_to_adoption,
        cast(pairs.total_uses as integer) as total_uses,
        pairs.recent_days > 0 as active_usage_flag,
        pairs.recent_value_days >= {{ var("feature_power_days") }} as power_user_flag,
        case
            when
                pairs.activation_date is not null
                and {{ dbt.datediff('pairs.last_use_date', 'pairs.as_of', 'day') }}
                > {{ var("feature_churn_days") }} then 'churned'
            when pairs.recent_value_days >= {{ var("feature_power_days") }} then 'power_user'
            when pairs.adoption_date is not null then 'adopted'
            when pairs.activation_date is not null then 'activated'
            else 'discovered'
        end as adoption_stage,
        case
            when pairs.recent_days >= {{ var("feature_window_days") }} * 5 / 7.0 then 'daily'
            when pairs.recent_days >= {{ var("feature_window_days") }} / 7.0 then 'weekly'
            when pairs.recent_days > 0 then 'monthly'
            else 'inactive'
        end as usage_frequency,
        cast(pairs.data_quality_score as decimal(5, 2)) as data_quality_score,
        cast(pairs.first_use_date as timestamp) as created_timestamp,
        pairs.source_system,
        pairs.activation_date,
        case
            when
                {{ dbt.datediff('pairs.first_use_date', 'pairs.as_of', 'day') }}
                >= {{ var("feature_retention_days") }} + 6 then pairs.is_retained
        end as is_retained,
        cast({{ dbt.datediff('first_seen_date', 'pairs.first_use_date', 'day') }} as integer)
            as days_to_first_use
    from pairs
    inner join {{ ref('silver_features') }} as features
        on pairs.feature_id = features.feature_id and features.is_current
    inner join {{ ref('int_feature_customers__arrivals') }} as arrivals
        on pairs.customer_key = arrivals.customer_key

)

select * from final
