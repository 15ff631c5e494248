with

events as (

    select
        sessions.event_id,
        sessions.session_key,
        sessions.event_sequence_number,
        events.event_timestamp,
        events.screen_name,
        coalesce(events.is_screen_view, false) as is_screen_view,
        last_value(events.screen_name ignore nulls) over (
            partition by sessions.session_key order by sessions.event_sequence_number
            rows between unbounded preceding and 1 preceding
        ) as screen_before
    from {{ ref('int_app_events__sessionized') }} as sessions
    inner join {{ ref('int_app_events__deduplicated') }} as events
        on sessions.event_id = events.event_id

),

changes_found as (

    select
        *,
        case
            when is_screen_view or (screen_name is not null and screen_name <> screen_before)
                then event_timestamp
        end as changed_at
    from events

),

screens_timed as (

    select
        *,
        coalesce(
            min(changed_at) over (
                partition by session_key order by event_sequence_number
                rows between 1 following and unbounded following
            ),
            nullif(max(event_timestamp) over (partition by session_key), event_timestamp)
        ) as left_at
    from changes_found

),

final as (

    select
        event_id,
        cast(
            row_number() over (
                partition by session_key order by event_sequence_number
            ) as integer
        ) as screen_sequence_number,
        cast(
            floor({{ seconds_between('event_timestamp', 'left_at') }}) as integer
        ) as time_on_screen_seconds
    from screens_timed
    where is_screen_view

)

select * from final
