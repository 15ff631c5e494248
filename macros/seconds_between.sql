{# Seconds, with their fraction, from one timestamp to the other. Not `datediff`, which counts the
   boundaries crossed: 0.2 seconds can cross one, 1.8 seconds can cross only one. #}
{% macro seconds_between(earlier, later) -%}
    {{ adapter.dispatch('seconds_between', 'customer_analytics')(earlier, later) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    (epoch_us({{ later }}) - epoch_us({{ earlier }})) / 1000000.0
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    (unix_micros({{ later }}) - unix_micros({{ earlier }})) / 1000000.0
{%- endmacro %}
