{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['touchpoint_key'],
    meta={
        'touched_by': {'session_key': {'silver_session_parts': 'session_key'}},
        'units': ['touchpoint_key'],
    },
) }}

-- The click is what happens in a session: a message may lie unread for days.
select
    part_key as touchpoint_key,
    session_key,
    cast(
        row_number() over (
            partition by session_key order by part_start_timestamp, part_key
        ) as integer
    ) as sequence_in_session,
    {{ batch_number() }} as derived_in_batch
from {{ ref('silver_session_parts') }}
where
    part_kind = 'touch_click'
    {% if is_incremental() %}
        and session_key in ({{ touched('session_key') }})
    {% endif %}
