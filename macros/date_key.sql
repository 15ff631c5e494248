{# The key of a day in dim_date: 20260131. #}
{% macro date_key(timestamp) -%}
    cast(year({{ timestamp }}) * 10000 + month({{ timestamp }}) * 100 + day({{ timestamp }}) as integer)
{%- endmacro %}
