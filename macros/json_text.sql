{# A text in a JSON object by its name; null where there is none. #}
{% macro json_text(column, name) -%}
    {{ adapter.dispatch('json_text', 'customer_analytics')(column, name) }}
{%- endmacro %}

{% macro default__json_text(column, name) -%}
    json_extract_string({{ column }}, '$.{{ name }}')
{%- endmacro %}

{% macro spark__json_text(column, name) -%}
    get_json_object({{ column }}, '$.{{ name }}')
{%- endmacro %}
