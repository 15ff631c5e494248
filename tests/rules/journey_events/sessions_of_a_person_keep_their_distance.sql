-- Two sessions of one customer, or of one visitor whom nobody knows, are further apart than the
-- gap, unless the second followed a cut at max_session_hours.
with

sessions as (

    select
        session_key,
        is_capped,
        session_start_timestamp,
        session_end_timestamp,
        case when is_bot or is_test then visitor_key else coalesce(customer_key, visitor_key) end
            as person_key
    from {{ ref('silver_sessions') }}

),

followed as (

    select
        *,
        max(session_end_timestamp) over (
            partition by person_key
            order by session_start_timestamp, session_key
            rows between unbounded preceding and 1 preceding
        ) as latest_end_timestamp
    from sessions

)

select *
from followed
where
    not is_capped
    and session_start_timestamp
    <= latest_end_timestamp + interval '{{ var("session_gap_seconds") }}' second
