{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['app_event_key'],
    meta={
        'touched_by': {
            'app_event_key': {'silver_app_events': 'app_event_key'},
            'source_session_key': {'silver_app_events': 'source_session_key'},
        },
        'units': ['stream_key'],
    },
) }}

with

events as (

    select * from {{ ref('silver_app_events') }}
    {% if is_incremental() %}
        where
            app_event_key in ({{ touched('app_event_key') }})
            or source_session_key in ({{ touched('source_session_key') }})
    {% endif %}

),

without_device as (

    select source_session_key from events
    where device_id is null

),

-- an event that says nothing of its device or login has those of its app session, if it has but one
app_sessions as (

    select
        source_session_key,
        case when min(device_id) = max(device_id) then min(device_id) end as only_device_id,
        case when min(user_id) = max(user_id) then min(user_id) end as only_user_id
    from events
    where
        source_session_key in (
            select without_device.source_session_key from without_device
        )
    group by source_session_key

),

named as (

    select
        events.*,
        coalesce(events.device_id, app_sessions.only_device_id) as known_device_id,
        coalesce(events.user_id, app_sessions.only_user_id) as known_user_id
    from events
    left join app_sessions on events.source_session_key = app_sessions.source_session_key

),

identified as (

    select
        *,
        case
            when known_device_id is not null then 'device'
            when known_user_id is not null then 'user'
            when app_session_id is not null then 'session'
            else 'none'
        end as visitor_id_type,
        coalesce(known_device_id, known_user_id, app_session_id, event_id) as visitor_id
    from named

),

final as (

    select
        app_event_key,
        event_id,
        source_session_key,
        {{ surrogate_key(['visitor_id_type', 'visitor_id']) }} as visitor_key,
        {{ surrogate_key([
            'visitor_id_type', 'visitor_id', 'app_session_id',
            'case when app_session_id is not null then source_system end',
        ]) }} as stream_key,
        visitor_id_type,
        visitor_id,
        screen_key,
        is_screen_view,
        is_opening,
        event_timestamp,
        derived_in_batch as event_derived_in_batch,
        {{ batch_number() }} as derived_in_batch
    from identified

)

select * from final
