{# Text with every match of a pattern replaced. No backslashes in the pattern: engines disagree on them. #}
{% macro replaced_all(text, pattern, replacement) -%}
    {{ adapter.dispatch('replaced_all', 'customer_analytics')(text, pattern, replacement) }}
{%- endmacro %}

{% macro default__replaced_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__replaced_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}')
{%- endmacro %}
