{# The accepted rows of a staging view, each once: of several deliveries of one key the last
   ingested counts. `tie_breakers` are columns that order deliveries of the same instant, so that
   the result never depends on the order in which files are read. In an incremental run only what was
   delivered since, which is little: what is new replaces what is known. Of all history, where few
   keys come twice, only those are sorted; the view is named three times for that, because a CTE would
   keep columns that nobody asks for. #}
{% macro latest_delivery(relation, key, tie_breakers) -%}
    {%- set last_of_each -%}
        row_number() over (
            partition by {{ key }}
            order by ingestion_timestamp desc{% for column in tie_breakers %}, {{ column }}{% endfor %}
        ) = 1
    {%- endset -%}
    {%- if is_incremental() -%}
        select * from {{ relation }}
        where rejection_reason is null and {{ new_deliveries(relation, key) }}
        qualify {{ last_of_each }}
    {%- else -%}
        with

        delivered_again as (

            select {{ key }}
            from {{ relation }}
            where rejection_reason is null
            group by {{ key }}
            having count(*) > 1

        )

        select * from {{ relation }}
        where rejection_reason is null and {{ key }} not in (select {{ key }} from delivered_again)
        union all
        select * from {{ relation }}
        where rejection_reason is null and {{ key }} in (select {{ key }} from delivered_again)
        qualify {{ last_of_each }}
    {%- endif -%}
{%- endmacro %}

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
