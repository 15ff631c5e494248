{# JSON kept as JSON; null where it does not parse. #}
{% macro as_json(column) -%}
    {{ adapter.dispatch('as_json', 'customer_analytics')(column) }}
{%- endmacro %}

{% macro default__as_json(column) -%}
    try_cast({{ clean_text(column) }} as json)
{%- endmacro %}

{% macro spark__as_json(column) -%}
    case when try_parse_json({{ column }}) is not null then {{ clean_text(column) }} end
{%- endmacro %}
