{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['usage_key'],
    meta={
        'touched_by': {
            'usage_key': {
                'silver_feature_usage': 'usage_key',
                'silver_web_event_sessions': 'event_key',
                'silver_feature_first_uses': 'usage_key',
            },
            'collector_session': {'silver_feature_usage': 'source_session_key'},
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
    },
) }}

with

places as (

    select * from {{ ref('silver_web_event_sessions') }}
    where event_kind = 'feature_usage'

),

features as (select * from {{ ref('silver_features') }}),

counted as (

    select * from {{ ref('silver_feature_usage') }}
    where usage_key not in (
        select places.event_key from places
        where (places.is_bot or places.is_test) and not {{ var("include_bots") }}
    )

),

{% if is_incremental() %}
    touched_usages as (

        {{ touched('usage_key') }}
        union all
        select usage_key
        from {{ ref('silver_feature_usage') }}
        where source_customer_key in ({{ touched('source_customer_key') }})
        union all
        -- those whose version of the feature is no longer what it was
        select known.usage_key
        from {{ this }} as known
        left join features
            on
                known.feature_key = features.feature_key
                and known.usage_timestamp >= features.effective_from
                and known.usage_timestamp < features.effective_to
        where known.feature_id is not null and features.feature_key is null

    ),

    -- how many features a session of the collector used, all its uses are told
    touched_sessions as (

        {{ touched('collector_session') }}
        union all
        select source_session_key
        from {{ ref('silver_feature_usage') }}
        where usage_key in (select touched_usages.usage_key from touched_usages)

    ),
{% endif %}

usages as (

    select * from counted
    {% if is_incremental() %}
        where
            usage_key in (select touched_usages.usage_key from touched_usages)
            or source_session_key in (
                select touched_sessions.collector_session from touched_sessions
            )
    {% endif %}

),

collector_sessions as (

    select
        source_session_key,
        count(distinct feature_id) as features_in_session
    from usages
    where source_session_key is not null
    group by source_session_key

),

final as (

    select

        -- keys
        usages.usage_key,
        {{ date_key('usages.usage_timestamp') }} as usage_date_key,
        coalesce(identities.customer_key, usages.source_customer_key) as customer_key,
        coalesce(features.feature_key, -1) as feature_key,
        coalesce(platforms.platform_key, -1) as platform_key,
        places.session_key,

        -- attributes
        usages.usage_type,
        usages.first_use_flag,
        first_uses.usage_key is not null as is_first_use,
        usages.successful_use_flag,
        usages.error_flag,
        usages.is_value_use,
        usages.source_session_key as collector_session,
        usages.feature_id,

        -- measures
        usages.usage_count,
        usages.usage_duration_seconds,
        usages.satisfaction_score,
        cast(collector_sessions.features_in_session as integer) as features_in_session,

        -- timestamps
        usages.usage_timestamp

    from usages
    left join {{ ref('silver_customer_identities') }} as identities
        on usages.source_customer_key = identities.source_customer_key
    left join places on usages.usage_key = places.event_key
    left join {{ ref('silver_feature_first_uses') }} as first_uses
        on usages.usage_key = first_uses.usage_key
    left join features
        on
            usages.feature_id = features.feature_id
            and usages.usage_timestamp >= features.effective_from
            and usages.usage_timestamp < features.effective_to
    left join {{ ref('dim_platform') }} as platforms
        on usages.platform = platforms.platform_name
    left join collector_sessions
        on usages.source_session_key = collector_sessions.source_session_key

)

select * from final
