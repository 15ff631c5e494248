{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['feature_user_key', 'usage_date'],
    meta={'touched_by': {'feature_user_key': {'int_feature_usages__people': 'feature_user_key'}}},
) }}

with

places as (

    select * from {{ ref('silver_web_event_sessions') }}
    where event_kind = 'feature_usage'

),

usages as (

    select
        usages.*,
        cast(usages.usage_timestamp as date) as usage_date,
        {{ var("include_bots") }} or not coalesce(places.is_bot or places.is_test, false)
            as is_counted
    from {{ ref('int_feature_usages__people') }} as usages
    left join places on usages.usage_key = places.event_key
    where
        usages.customer_key is not null
        {% if is_incremental() %}
            and usages.feature_user_key in (
                {{ touched('feature_user_key') }}
                union all
                select placed_anew.feature_user_key
                from {{ ref('int_feature_usages__people') }} as placed_anew
                where placed_anew.usage_key in (
                    select places.event_key from places
                    where places.derived_in_batch > {{ last_batch_of(model.name) }}
                )
            )
        {% endif %}

),

-- a day on which only programs used it stays as a day without events: nobody would delete it else
days as (

    select
        feature_user_key,
        customer_key,
        feature_id,
        usage_date,
        sum(case when is_counted then usage_count else 0 end) as uses,
        count(case when is_counted then 1 end) as events,
        count(case when is_counted and successful_use_flag is not null then 1 end)
            as complete_events,
        bool_or(is_counted and is_value_use) as is_value_day,
        min(source_system) as source_system
    from usages
    group by feature_user_key, customer_key, feature_id, usage_date

),

final as (

    select
        *,
        min(case when events > 0 then usage_date end) over (partition by feature_user_key)
            as first_use_date,
        case
            when is_value_day
                then row_number() over (
                    partition by feature_user_key, is_value_day order by usage_date
                )
        end as value_day_number
    from days

)

select * from final
