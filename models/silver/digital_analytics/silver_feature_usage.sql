{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['usage_key'],
    meta={
        'units': ['feature_day_key', 'source_session_key', 'source_customer_key'],
    },
) }}

with

usages as (

    {{ latest_delivery(
        ref('stg_digital_analytics__feature_usage'),
        'usage_id',
        [
            'usage_timestamp', 'feature_id', 'user_id', 'session_id', 'usage_type',
            'customer_id', 'feature_name', 'feature_category', 'feature_version', 'usage_count',
            'successful_use_flag', 'error_flag', 'usage_attributes', 'platform', 'source_system',
        ],
    ) }}

),

final as (

    select

        -- keys
        {{ surrogate_key(['usage_id']) }} as usage_key,
        case
            when customer_id is not null
                then {{ surrogate_key(['source_system', 'customer_id']) }}
        end as source_customer_key,
        case
            when session_id is not null
                then {{ surrogate_key(['source_system', 'session_id']) }}
        end as source_session_key,
        case
            when feature_id is not null
                then {{ surrogate_key(['feature_id', 'cast(usage_timestamp as date)']) }}
        end as feature_day_key,

        -- ids
        usage_id,
        feature_id,
        user_id,
        customer_id,
        session_id as source_session_id,
        source_system,

        -- the feature as told by this use
        feature_name,
        feature_category,
        feature_version,
        {{ json_text('usage_attributes', 'feature_type') }} as feature_type,
        lower(platform) as platform,

        -- the use
        lower(usage_type) as usage_type,
        coalesce(usage_count, 1) as usage_count,
        usage_duration_seconds,
        first_use_flag,
        successful_use_flag,
        error_flag,
        coalesce(successful_use_flag, true) and not coalesce(error_flag, false)
        and coalesce(lower(usage_type), '') <> 'view' as is_value_use,
        {{ within(json_number('usage_attributes', 'satisfaction'), 1, 5) }} as satisfaction_score,

        -- timestamps
        usage_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from usages

)

select * from final
