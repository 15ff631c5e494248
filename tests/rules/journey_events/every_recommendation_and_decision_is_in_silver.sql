-- Accepted rows of bronze, each once, are those of silver; gold has all recommendations, and of
-- decisions all but those of bots and tests. A batch older than what was loaded before is passed
-- over by the incremental run, and shows here: `dbt build --full-refresh` takes it in.
with counts as (

    select
        'next_best_actions' as table_name,
        (select count(*) from {{ ref('silver_next_best_actions') }}) as silver_rows,
        (select count(*) from {{ ref('fact_next_best_actions') }}) as gold_rows,
        0 as left_out
    union all
    select
        'real_time_decisions' as table_name,
        (select count(*) from {{ ref('silver_real_time_decisions') }}) as silver_rows,
        (select count(*) from {{ ref('fact_real_time_decisions') }}) as gold_rows,
        (
            select count(*) from {{ ref('silver_real_time_decision_sessions') }}
            where (is_bot or is_test) and not {{ var("include_bots") }}
        ) as left_out

)

select
    counts.*,
    loaded.accepted_rows
from counts
inner join {{ ref('quality_load_summary') }} as loaded on counts.table_name = loaded.table_name
where
    loaded.accepted_rows <> counts.silver_rows
    or counts.silver_rows <> counts.gold_rows + counts.left_out
