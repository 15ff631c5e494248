{# A whole number, rounded where the text has decimals («12.0» is what a spreadsheet makes of 12);
   null where it does not read. Spark reads no decimals into an integer, hence the detour. #}
{% macro as_integer(column, type='integer') -%}
    {{ adapter.dispatch('as_integer', 'customer_analytics')(column, type) }}
{%- endmacro %}

{% macro default__as_integer(column, type) -%}
    try_cast({{ column }} as {{ type }})
{%- endmacro %}

{% macro spark__as_integer(column, type) -%}
    try_cast(round(try_cast({{ column }} as decimal(38, 6))) as {{ type }})
{%- endmacro %}
