-- Only what a session is made of: the windows below sort every row, and narrow rows sort fast.
with

events as (

    select
        event_id,
        {{ surrogate_key(['visitor_id_type', 'visitor_id']) }} as visitor_key,
        {{ surrogate_key([
            'visitor_id_type', 'visitor_id', 'app_session_id',
            'case when app_session_id is not null then source_system end',
        ]) }} as stream_key,
        app_session_id is not null as is_told,
        event_timestamp,
        coalesce(is_opening, false) as is_opening
    from {{ ref('int_app_events__deduplicated') }}

),

gaps_measured as (

    select
        *,
        lag(event_timestamp) over (
            partition by stream_key order by event_timestamp, event_id
        ) as previous_timestamp
    from events

),

-- what the app calls a session is one, whatever its pauses
visits_opened as (

    select
        *,
        max(
            case
                when
                    previous_timestamp is null
                    or (
                        not is_told
                        and event_timestamp
                        > previous_timestamp + interval '{{ var("session_gap_seconds") }}' second
                    )
                    then event_timestamp
            end
        ) over stream_so_far as visit_opened_at
    from gaps_measured
    window stream_so_far as (
        partition by stream_key order by event_timestamp, event_id
        rows between unbounded preceding and current row
    )

),

-- a visit without end is cut into parts of max_session_hours, counted from its first event
visits_cut as (

    select
        *,
        cast(
            greatest(
                ceil(
                    {{ seconds_between('visit_opened_at', 'event_timestamp') }}
                    / ({{ var("max_session_hours") }} * 3600)
                ) - 1, 0
            ) as integer
        ) as visit_part
    from visits_opened

),

events_numbered as (

    select
        *,
        first_value(event_timestamp) over session as session_start_timestamp,
        row_number() over session as event_sequence_number,
        lag(is_opening) over session as follows_opening
    from visits_cut
    window session as (
        partition by stream_key, visit_opened_at, visit_part order by event_timestamp, event_id
    )

),

final as (

    select
        event_id,
        {{ surrogate_key(['stream_key', 'session_start_timestamp']) }} as session_key,
        visitor_key,
        session_start_timestamp,
        cast(event_sequence_number as integer) as event_sequence_number,
        is_opening and not coalesce(follows_opening, false) as is_app_open,
        visit_part > 0 as is_capped_session
    from events_numbered

)

select * from final
