-- Bronze sources and gold state their types here; the types of silver are compared on the built warehouse
-- (tests/python/test_warehouse.py). A contract table that is not built yet is not looked for.
with expected as (
    select
        case layer when 'silver' then 'silver_' || "table" else "table" end as relation,
        layer,
        "column" as column_name,
        case when layer = 'bronze' then type else replace(type, ' ', '') end as data_type
    from contract_columns
)

select expected.relation, expected.column_name, expected.data_type, 'found:', columns.data_type
from expected
left join columns on expected.relation = columns.relation and expected.column_name = columns.name
where
    expected.layer <> 'silver'
    and (expected.layer = 'bronze' or expected.relation in (select name from models))
    and (
        columns.name is null
        -- DuckDB writes a list as varchar[]
        or regexp_replace(replace(lower(columns.data_type), ' ', ''), '^(\w+)\[\]$', 'array<\1>')
        <> replace(expected.data_type, ' ', '')
    )
