select
    pageviews.source_system,
    pageviews.source_session_id,
    assigned.session_key,
    assigned.session_start_timestamp,
    min(assigned.visitor_key) as visitor_key,
    bool_or(pageviews.is_bot or assigned.is_inhuman_session) as is_bot,
    bool_or(pageviews.is_test) as is_test
from {{ ref('silver_web_pageviews') }} as pageviews
inner join {{ ref('silver_web_pageview_sessions') }} as assigned
    on pageviews.pageview_key = assigned.pageview_key
where pageviews.source_session_id is not null
group by
    pageviews.source_system,
    pageviews.source_session_id,
    assigned.session_key,
    assigned.session_start_timestamp
