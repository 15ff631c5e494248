select
    content_key,
    content_id,
    min(content_type) as content_type,
    min(touchpoint_date) as first_seen_date,
    max(touchpoint_date) as last_seen_date
from {{ ref('silver_touchpoints') }}
where content_key <> -1
group by content_key, content_id
union all
select
    -1 as content_key,
    '(none)' as content_id,
    null as content_type,
    null as first_seen_date,
    null as last_seen_date
