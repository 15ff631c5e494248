{# A query of two columns, a name and a date, as a dictionary; empty where nothing is run. #}
{% macro dates_by_name(sql) -%}
    {%- set dates = {} -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'retry') -%}
        {%- for name, date in run_query(sql).rows -%}{%- do dates.update({name: date}) -%}{%- endfor -%}
    {%- endif -%}
    {{- return(dates) -}}
{%- endmacro %}
