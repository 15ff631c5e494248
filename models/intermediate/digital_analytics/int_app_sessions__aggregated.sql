{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {'session_key': {'silver_app_event_sessions': 'session_key'}},
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
        'units': ['session_key', 'visitor_key', 'source_session_key'],
    },
) }}

with

assigned as (

    select * from {{ ref('silver_app_event_sessions') }}
    {% if is_incremental() %}
        where
            session_key in ({{ touched('session_key') }})
            or session_key in (
                select resolved_anew.session_key
                from {{ ref('silver_app_event_sessions') }} as resolved_anew
                inner join {{ ref('silver_app_events') }} as logged_in
                    on resolved_anew.app_event_key = logged_in.app_event_key
                where logged_in.source_customer_key in ({{ touched('source_customer_key') }})
            )
    {% endif %}

),

events as (

    select
        events.*,
        coalesce(identities.customer_key, events.source_customer_key) as login_customer_key,
        assigned.session_key,
        assigned.visitor_key,
        assigned.visitor_id_type,
        assigned.session_start_timestamp,
        assigned.event_sequence_number,
        assigned.is_app_open,
        assigned.is_capped_session
    from assigned
    inner join {{ ref('silver_app_events') }} as events
        on assigned.app_event_key = events.app_event_key
    left join {{ ref('silver_customer_identities') }} as identities
        on events.source_customer_key = identities.source_customer_key

),

final as (

    select
        session_key,
        min(visitor_key) as visitor_key,
        min(source_session_key) as source_session_key,
        min(visitor_id_type) as visitor_id_type,
        min(device_id) as device_id,
        min(app_session_id) as app_session_id,
        min(source_system) as source_system,
        min(event_timestamp) as session_start_timestamp,
        max(event_timestamp) as session_end_timestamp,

        -- the first that is known
        min_by(app_version, event_sequence_number) filter (where app_version is not null)
            as app_version,
        min_by(platform, event_sequence_number) filter (where platform is not null) as platform,
        min_by(country, event_sequence_number) filter (where country is not null) as country,
        min_by(app_install_source, event_sequence_number) filter (
            where app_install_source is not null
        ) as app_install_source,
        coalesce(
            min_by(device_key, event_sequence_number) filter (where device_key <> -1), -1
        ) as device_key,
        min_by(screen_name, event_sequence_number) filter (where screen_name is not null)
            as entry_screen,
        min_by(load_time_ms, event_sequence_number) filter (
            where is_opening and load_time_ms is not null
        ) as app_load_time_ms,

        -- the last that is known
        max_by(screen_name, event_sequence_number) filter (where screen_name is not null)
            as exit_screen,
        max_by(push_enabled, event_sequence_number) filter (where push_enabled is not null)
            as push_enabled,

        -- who: the last login of the session, if there was one
        max_by(source_customer_key, event_sequence_number) filter (
            where source_customer_key is not null
        ) as source_customer_key,
        max_by(login_customer_key, event_sequence_number) filter (
            where login_customer_key is not null
        ) as login_customer_key,
        min(login_customer_key) as lowest_customer_key,
        max(login_customer_key) as highest_customer_key,

        -- measures
        count(*) as total_events,
        count(*) filter (where is_screen_view) as total_screens_viewed,
        count(distinct case when is_screen_view then nullif(screen_key, -1) end)
            as unique_screens_viewed,
        count(*) filter (where is_app_open) as app_open_count,
        count(*) filter (where is_tap) as tap_count,
        count(*) filter (where is_purchase) as purchase_count,
        count(*) filter (where is_crash) as crash_count,
        count(*) filter (where is_error) as error_count,
        bool_or(
            is_first_open
            or coalesce(
                app_first_open_timestamp >= session_start_timestamp
                and app_first_open_timestamp <= event_timestamp, false
            )
        ) as is_install,
        bool_or(is_capped_session) as is_capped,
        sum(
            (case when visitor_id_type in ('device', 'user') then 1 else 0 end)
            + (case when app_session_id is null then 0 else 1 end)
            + (case when screen_name is null then 0 else 1 end)
            + (case when app_version is null then 0 else 1 end)
            + (case when platform is null then 0 else 1 end)
            + (case when country is null then 0 else 1 end)
        ) * 100.0 / (6 * count(*)) as data_quality_score,
        max(ingestion_timestamp) as created_timestamp,
        {{ batch_number() }} as derived_in_batch

    from events
    group by session_key

)

select * from final
