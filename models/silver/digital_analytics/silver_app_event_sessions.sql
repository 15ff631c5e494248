{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['app_event_key'],
    meta={
        'touched_by': {'stream_key': {'int_app_events__visitors': 'stream_key'}},
        'units': ['session_key'],
    },
) }}

-- Only what a session is made of: the windows below sort every row, and narrow rows sort fast.
with

events as (

    select
        app_event_key,
        event_id,
        visitor_key,
        stream_key,
        visitor_id_type,
        source_session_key,
        screen_key,
        nullif(screen_key, -1) as named_screen_key,
        is_screen_view,
        is_opening,
        event_timestamp,
        event_derived_in_batch,
        lag(event_timestamp) over (
            partition by stream_key order by event_timestamp
        ) as previous_timestamp
    from {{ ref('int_app_events__visitors') }}
    {% if is_incremental() %}
        where stream_key in ({{ touched('stream_key') }})
    {% endif %}

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
                        source_session_key is null
                        and event_timestamp
                        > previous_timestamp + interval '{{ var("session_gap_seconds") }}' second
                    )
                    then event_timestamp
            end
        ) over (partition by stream_key order by event_timestamp) as visit_opened_at
    from events

),

-- a visit without end is cut into parts of max_session_hours, counted from its first event
visits_cut as (

    select
        *,
        greatest(
            ceil(
                {{ seconds_between('visit_opened_at', 'event_timestamp') }}
                / ({{ var("max_session_hours") }} * 3600)
            ) - 1, 0
        ) as visit_part
    from visits_opened

),

events_numbered as (

    select
        *,
        first_value(event_timestamp) over session_so_far as session_start_timestamp,
        row_number() over session_so_far as event_sequence_number,
        sum(case when is_screen_view then 1 else 0 end) over session_so_far
            as screen_sequence_number,
        lag(is_opening) over session_so_far as follows_opening,
        last_value(named_screen_key ignore nulls) over before_this as previous_screen_key,
        max(event_timestamp) over whole_session as session_end_timestamp
    from visits_cut
    window
        session_so_far as (
            partition by stream_key, visit_opened_at, visit_part
            order by event_timestamp, event_id
            rows between unbounded preceding and current row
        ),
        before_this as (
            partition by stream_key, visit_opened_at, visit_part
            order by event_timestamp, event_id
            rows between unbounded preceding and 1 preceding
        ),
        whole_session as (partition by stream_key, visit_opened_at, visit_part)

),

-- a screen is left for the next view, or for an event on another screen
screens_left as (

    select
        *,
        lead(event_timestamp) over (
            partition by
                stream_key,
                session_start_timestamp,
                is_screen_view or coalesce(named_screen_key <> previous_screen_key, false)
            order by event_sequence_number
        ) as next_screen_timestamp
    from events_numbered

),

final as (

    select
        app_event_key,
        {{ surrogate_key(['stream_key', 'session_start_timestamp']) }} as session_key,
        visitor_key,
        stream_key,
        screen_key,
        visitor_id_type,
        session_start_timestamp,
        cast(event_sequence_number as integer) as event_sequence_number,
        is_opening and not coalesce(follows_opening, false) as is_app_open,
        visit_part > 0 as is_capped_session,
        case when is_screen_view then cast(screen_sequence_number as integer) end
            as screen_sequence_number,
        case
            when is_screen_view
                then cast(
                    floor({{ seconds_between(
                        'event_timestamp',
                        'coalesce(next_screen_timestamp, nullif(session_end_timestamp, event_timestamp))'
                    ) }}) as integer
                )
        end as time_on_screen_seconds,
        event_derived_in_batch,
        {{ batch_number() }} as derived_in_batch
    from screens_left

)

select * from final
