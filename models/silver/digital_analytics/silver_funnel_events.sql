{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['funnel_key', 'step_number', 'event_kind', 'event_key'],
    meta={
        'touched_by': {
            'event_key': {'int_funnels__steps_met': 'event_key'},
            'session_key': {
                'silver_web_pageview_sessions': 'session_key',
                'silver_web_event_sessions': 'session_key',
                'silver_web_sessions': 'session_key',
            },
        },
        'units': ['visitor_key'],
    },
) }}

with

placed as (

    select
        'page' as event_kind,
        pageview_key as event_key,
        session_key,
        pageview_timestamp as event_timestamp
    from {{ ref('silver_web_pageview_sessions') }}
    union all
    select
        case event_kind when 'form_interaction' then 'form' else event_kind end as event_kind,
        event_key,
        session_key,
        event_timestamp
    from {{ ref('silver_web_event_sessions') }}

),

touched_events as (

    select * from placed
    {% if is_incremental() %}
        where
            event_key in ({{ touched('event_key') }})
            or session_key in ({{ touched('session_key') }})
    {% endif %}

),

final as (

    select
        steps.funnel_key,
        steps.definition_key,
        steps.step_number,
        steps.event_kind,
        steps.event_key,
        sessions.session_key,
        sessions.visitor_key,
        sessions.customer_key,
        sessions.channel_key,
        sessions.is_bot,
        sessions.is_test,
        events.event_timestamp,
        {{ batch_number() }} as derived_in_batch
    from touched_events as events
    inner join {{ ref('int_funnels__steps_met') }} as steps
        on events.event_key = steps.event_key and events.event_kind = steps.event_kind
    inner join {{ ref('silver_web_sessions') }} as sessions
        on events.session_key = sessions.session_key
    where sessions.visitor_id_type <> 'none'

)

select * from final
