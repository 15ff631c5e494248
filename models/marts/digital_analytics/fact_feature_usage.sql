with

usages as (

    select * from {{ ref('silver_feature_usage') }}
    where {{ var("include_bots") }} or not (is_bot or is_test)

),

-- whose first use it is: the customer's, else the login's, else the collector session's
numbered as (

    select
        *,
        row_number() over (
            partition by
                feature_id,
                coalesce(
                    customer_key,
                    {{ surrogate_key(['user_id', 'source_system', 'source_session_id']) }}
                )
            order by usage_timestamp, usage_id
        ) as use_number
    from usages

),

collector_sessions as (

    select
        source_system,
        source_session_id,
        count(distinct feature_id) as features_in_session
    from usages
    where source_session_id is not null
    group by source_system, source_session_id

),

final as (

    select

        -- keys
        usages.usage_key,
        {{ date_key('usages.usage_timestamp') }} as usage_date_key,
        usages.customer_key,
        coalesce(features.feature_key, -1) as feature_key,
        coalesce(platforms.platform_key, -1) as platform_key,
        usages.session_key,

        -- attributes
        usages.usage_type,
        usages.first_use_flag,
        usages.use_number = 1 and usages.feature_id is not null as is_first_use,
        usages.successful_use_flag,
        usages.error_flag,
        usages.is_value_use,
        case
            when usages.source_session_id is not null
                then {{ surrogate_key(['usages.source_system', 'usages.source_session_id']) }}
        end as collector_session,
        usages.feature_id,

        -- measures
        usages.usage_count,
        usages.usage_duration_seconds,
        usages.satisfaction_score,
        cast(collector_sessions.features_in_session as integer) as features_in_session,

        -- timestamps
        usages.usage_timestamp

    from numbered as usages
    left join {{ ref('silver_features') }} as features
        on
            usages.feature_id = features.feature_id
            and usages.usage_timestamp >= features.effective_from
            and usages.usage_timestamp < features.effective_to
    left join {{ ref('dim_platform') }} as platforms
        on usages.platform = platforms.platform_name
    left join collector_sessions
        on
            usages.source_system = collector_sessions.source_system
            and usages.source_session_id = collector_sessions.source_session_id

)

select * from final
