{# One row per element of a list; a null or empty list gives no row. #}
{% macro rows_of_array(column) -%}
    {{ adapter.dispatch('rows_of_array', 'customer_analytics')(column) }}
{%- endmacro %}

{% macro default__rows_of_array(column) -%}
    unnest({{ column }})
{%- endmacro %}

{% macro spark__rows_of_array(column) -%}
    explode({{ column }})
{%- endmacro %}
