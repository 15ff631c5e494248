select
    source_system,
    source_session_id,
    session_key,
    session_start_timestamp,
    min(visitor_key) as visitor_key,
    bool_or(is_bot) as is_bot,
    bool_or(is_test) as is_test
from {{ ref('silver_web_pageviews') }}
where source_session_id is not null
group by source_system, source_session_id, session_key, session_start_timestamp
