-- Conservation: what lies in bronze, counted there, is what the load summary says was accepted,
-- delivered again or rejected. A row that staging, deduplication or the rejects lose shows here.
with

bronze as (

    {% for domain, table, key, timestamp in bronze_tables() %}
        select
            '{{ table }}' as table_name,
            count(*) as row_count
        from {{ source('bronze', table) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    bronze.table_name,
    bronze.row_count,
    load_summary.bronze_rows,
    load_summary.accepted_rows,
    load_summary.duplicate_rows,
    load_summary.rejected_rows
from bronze
left join {{ ref('quality_load_summary') }} as load_summary
    on bronze.table_name = load_summary.table_name
where
    load_summary.table_name is null
    or bronze.row_count <> load_summary.bronze_rows
    or bronze.row_count
    <> load_summary.accepted_rows + load_summary.duplicate_rows + load_summary.rejected_rows
