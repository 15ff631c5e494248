{# One row per part of a comma-separated text; a null text gives no row. #}
{% macro split_to_rows(column) -%}
    {{ adapter.dispatch('split_to_rows', 'customer_analytics')(column) }}
{%- endmacro %}

{% macro default__split_to_rows(column) -%}
    unnest(string_split({{ column }}, ','))
{%- endmacro %}

{% macro spark__split_to_rows(column) -%}
    explode(split({{ column }}, ','))
{%- endmacro %}
