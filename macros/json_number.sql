{# A number in a JSON object by its name; null where there is none or it does not read. #}
{% macro json_number(column, name) -%}
    {{ adapter.dispatch('json_number', 'customer_analytics')(column, name) }}
{%- endmacro %}

{% macro default__json_number(column, name) -%}
    try_cast(json_extract_string({{ column }}, '$.{{ name }}') as double)
{%- endmacro %}

{% macro spark__json_number(column, name) -%}
    try_cast(get_json_object({{ column }}, '$.{{ name }}') as double)
{%- endmacro %}
