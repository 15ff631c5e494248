{# The value where it is possible, null where it is not: a share over 100 % tells nothing. #}
{% macro within(expression, low, high) -%}
    case when {{ expression }} between {{ low }} and {{ high }} then {{ expression }} end
{%- endmacro %}
