-- A macro's file stands for one idea: who calls any macro of it from another file. Not counted: what dbt itself calls
-- (and the half of a materialization),
-- what differs between engines (that belongs in a macro even if called once), and `delivered`, which unit tests call in YAML.
with callers as (
    select path, code from models
    union all
    select path, code from macros
)

select macros.path, 'callers:', count(distinct callers.path)
from macros
left join callers
    on macros.path <> callers.path
    and regexp_matches(callers.code, '\b' || macros.name || '\(')
where
    starts_with(macros.path, 'macros/')
    and macros.path not in (
        'macros/generate_schema_name.sql', 'macros/begin_batch.sql', 'macros/require_bronze.sql',
        'macros/bronze_is_rebuilt.sql', 'macros/connected_components.sql',
        'macros/split_contradictory_components.sql',
        'macros/get_incremental_replace_touched_sql.sql', 'macros/delivered.sql',
        'macros/snapshot_get_time.sql'
    )
    and macros.path not in (select path from macros where contains(code, 'adapter.dispatch'))
group by macros.path
having count(distinct callers.path) < 3
