{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {
            'session_key': {
                'int_app_sessions__aggregated': 'session_key',
                'int_app_sessions__visitors': 'session_key',
                'int_app_sessions__conversions': 'session_key',
            },
        },
        'units': ['session_key', 'visitor_key', 'source_customer_key'],
    },
) }}

with

sessions as (

    select * from {{ ref('int_app_sessions__aggregated') }}
    {% if is_incremental() %}
        where session_key in ({{ touched('session_key') }})
    {% endif %}

),

conversions as (

    select
        session_key,
        count(*) as conversion_count,
        sum(coalesce(conversion_value, 0)) as conversion_value
    from {{ ref('int_app_sessions__conversions') }}
    group by session_key

),

joined as (

    select
        sessions.*,
        visitors.device_id as visitor_device_id,
        visitors.visitor_session_number,
        visitors.customer_key,
        coalesce(conversions.conversion_count, 0) as conversion_count,
        coalesce(conversions.conversion_value, 0) as conversion_value,
        floor({{ seconds_between(
            'sessions.session_start_timestamp', 'sessions.session_end_timestamp'
        ) }}) as duration_seconds
    from sessions
    inner join {{ ref('int_app_sessions__visitors') }} as visitors
        on sessions.session_key = visitors.session_key
    left join conversions on sessions.session_key = conversions.session_key

),

final as (

    select

        -- keys
        session_key,
        'app-' || cast(session_key as string) as session_id,
        app_session_id as source_session_id,
        visitor_key,
        visitor_id_type,
        visitor_device_id as device_id,
        customer_key,
        source_customer_key,
        device_key,

        -- when
        session_start_timestamp,
        session_end_timestamp,
        cast(session_start_timestamp as date) as session_date,
        cast(duration_seconds as integer) as session_duration_seconds,

        -- app
        app_version,
        app_install_source,
        platform,
        country,
        push_enabled,
        app_load_time_ms,

        -- screens and events
        cast(total_screens_viewed as integer) as total_screens_viewed,
        cast(unique_screens_viewed as integer) as unique_screens_viewed,
        entry_screen,
        exit_screen,
        cast(total_events as integer) as total_events,
        cast(app_open_count as integer) as app_open_count,
        cast(tap_count as integer) as tap_count,
        cast(purchase_count as integer) as purchase_count,

        -- what came of it
        conversion_count > 0 as conversion_flag,
        cast(conversion_value as decimal(18, 2)) as conversion_value,
        cast(conversion_count as integer) as conversion_count,
        crash_count > 0 as crash_flag,
        cast(crash_count as integer) as crash_count,
        cast(error_count as integer) as error_count,
        is_install as install_flag,
        visitor_session_number = 1 as new_session_flag,
        cast(visitor_session_number as integer) as visitor_session_number,
        cast(
            25 * least(total_screens_viewed / 5.0, 1)
            + 25 * least(duration_seconds / 180.0, 1)
            + 25 * least(tap_count / 5.0, 1)
            + case when conversion_count > 0 then 25 else 0 end as decimal(5, 2)
        ) as engagement_score,

        -- quality
        is_capped,
        cast(data_quality_score as decimal(5, 2)) as data_quality_score,
        created_timestamp,
        source_system,
        {{ batch_number() }} as derived_in_batch

    from joined

)

select * from final
