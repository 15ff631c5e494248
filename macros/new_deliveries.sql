{# In an incremental run: what came since the last one, and its last instant again, since that may have
   been cut in two. A literal, because only that reaches the files' own statistics. A row that does not
   say when it came is read every time, and gives way to one of the same `key` that does. #}
{% macro new_deliveries(relation, key) -%}
    {%- set last, undated = none, 0 -%}
    {%- if execute -%}
        {%- set last = run_query("select max(ingestion_timestamp) from " ~ this).columns[0].values()[0] -%}
        {%- set undated = run_query(
            "select 1 from " ~ relation ~ " where ingestion_timestamp is null limit 1"
        ).rows | length -%}
    {%- endif -%}
    (
        {{ "ingestion_timestamp >= timestamp '" ~ last ~ "'" if last else "ingestion_timestamp is not null" }}
        {%- if undated %}
        or ingestion_timestamp is null and {{ key }} not in (
            select known.{{ key }} from {{ this }} as known where known.ingestion_timestamp is not null
        )
        {%- endif %}
    )
{%- endmacro %}
