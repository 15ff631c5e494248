-- A table of meta.touched_by or selected_by is read in incremental runs only, so that a first build does not show
-- a missing dependency: without a «-- depends_on: {{ ref('…') }}» dbt stops the second.
select models.name, 'does not depend on', touches.parent_name
from touches
inner join models on touches.child_unique_id = models.unique_id
where not exists (
    select 1 from edges
    where edges.child_unique_id = touches.child_unique_id and edges.parent_unique_id like '%.' || touches.parent_name
)
