-- A batch that arrives with an ingestion_timestamp older than what was loaded before is passed over
-- by the incremental run, and shows here: `dbt build --full-refresh` takes it in. Each page view
-- has one session.
with counts as (

    select
        (
            select accepted_rows
            from {{ ref('quality_load_summary') }}
            where table_name = 'web_pageviews'
        ) as accepted_rows,
        (select count(*) from {{ ref('silver_web_pageviews') }}) as silver_rows,
        (select count(*) from {{ ref('silver_web_pageview_sessions') }}) as session_rows

)

select *
from counts
where accepted_rows <> silver_rows or silver_rows <> session_rows
