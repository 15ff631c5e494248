{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {
            'session_key': {'silver_web_event_sessions': 'session_key'},
        },
        'units': ['session_key'],
    },
) }}

select
    session_key,
    count(*) filter (where event_kind = 'conversion') as conversion_count,
    sum(case when event_kind = 'conversion' then coalesce(conversion_value, 0) else 0 end)
        as conversion_value,
    count(*) filter (where interaction_type like '%click%' or interaction_type = 'tap')
        as total_clicks,
    count(*) filter (where interaction_type like '%scroll%') as total_scrolls,
    max(scroll_depth_pct) as max_scroll_depth_pct,
    {{ batch_number() }} as derived_in_batch
from {{ ref('silver_web_event_sessions') }}
where
    session_key is not null
    and event_kind in ('conversion', 'interaction')
    {% if is_incremental() %}
        and session_key in ({{ touched('session_key') }})
    {% endif %}
group by session_key
