{# One row per day from the first to the last, both dates. The first must not be after the last:
   Spark would not answer. #}
{% macro rows_of_days(first_day, last_day) -%}
    {{ adapter.dispatch('rows_of_days', 'customer_analytics')(first_day, last_day) }}
{%- endmacro %}

{% macro default__rows_of_days(first_day, last_day) -%}
    unnest(generate_series(
        cast({{ first_day }} as timestamp), cast({{ last_day }} as timestamp), interval 1 day
    ))
{%- endmacro %}

{% macro spark__rows_of_days(first_day, last_day) -%}
    explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day))
{%- endmacro %}
