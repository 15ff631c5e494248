{# A list from its JSON text, of texts or (element='json') of JSON values; null where it is none. #}
{% macro as_array(column, element='varchar') -%}
    {{ adapter.dispatch('as_array', 'customer_analytics')(column, element) }}
{%- endmacro %}

{% macro default__as_array(column, element) -%}
    try_cast(try_cast({{ clean_text(column) }} as json) as {{ element }} [])
{%- endmacro %}

{% macro spark__as_array(column, element) -%}
    from_json({{ clean_text(column) }}, 'array<string>')
{%- endmacro %}
