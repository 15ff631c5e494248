{# For unit tests: rows of a bronze table as text, which is how a CSV file delivers them. A row
   names the fields it gives; the table's other columns are null. #}
{% macro delivered(table, rows) -%}
    {%- set bronze = adapter.get_relation(target.database, 'bronze', table) -%}
    {%- for row in rows %}
    select
        {%- for column in adapter.get_columns_in_relation(bronze) | map(attribute='name') %}
        cast({{ "'" ~ row[column] ~ "'" if column in row else 'null' }} as string) as {{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
