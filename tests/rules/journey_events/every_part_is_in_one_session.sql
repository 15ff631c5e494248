-- Each web session, app session, accepted customer event and human click is in exactly one session
-- across channels, so that each page view and app event is too; and no session is without parts.
{{ config(group='journey_events') }}

with

told as (

    select
        'web_session' as part_kind,
        session_key as part_key
    from {{ ref('silver_web_sessions') }}
    union all
    select
        'app_session' as part_kind,
        session_key as part_key
    from {{ ref('silver_mobile_sessions') }}
    union all
    select
        'customer_event' as part_kind,
        event_key as part_key
    from {{ ref('silver_customer_events') }}
    union all
    select
        'touch_click' as part_kind,
        touchpoint_key as part_key
    from {{ ref('int_touchpoints__responded') }}
    where is_clicked and not is_bot_click and not is_held_out and click_timestamp is not null

),

counted as (

    select
        told.part_kind,
        told.part_key,
        count(parts.session_key) as sessions
    from told
    left join {{ ref('silver_session_parts') }} as parts
        on told.part_kind = parts.part_kind and told.part_key = parts.part_key
    group by told.part_kind, told.part_key

)

select
    part_kind,
    part_key,
    'is in ' || cast(sessions as string) || ' sessions' as fault
from counted
where sessions <> 1
union all
select
    part_kind,
    part_key,
    'is of a part that nothing tells of' as fault
from {{ ref('silver_session_parts') }}
where (part_kind, part_key) not in (
    select
        told.part_kind,
        told.part_key
    from told
)
union all
select
    'session' as part_kind,
    session_key as part_key,
    'has no part' as fault
from {{ ref('silver_sessions') }}
where session_key not in (select parts.session_key from {{ ref('silver_session_parts') }} as parts)
union all
-- a batch that came with old ingestion times is passed over: --full-refresh takes it in
select
    'customer_event' as part_kind,
    0 as part_key,
    'accepted events are missing' as fault
from {{ ref('quality_load_summary') }}
where
    table_name = 'customer_events'
    and accepted_rows <> (select count(*) from {{ ref('silver_customer_events') }})
