{# Two columns, element and element_number (from 1), and one row per element of a list. #}
{% macro numbered_elements(column) -%}
    {{ adapter.dispatch('numbered_elements', 'customer_analytics')(column) }}
{%- endmacro %}

{% macro default__numbered_elements(column) -%}
    unnest({{ column }}) as element,
    generate_subscripts({{ column }}, 1) as element_number
{%- endmacro %}

{# posexplode counts from 0: what is put before the list has no name and is left out by readers #}
{% macro spark__numbered_elements(column) -%}
    posexplode(concat(array('null'), {{ column }})) as (element_number, element)
{%- endmacro %}
