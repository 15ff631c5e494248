{# Whether a regular expression is found anywhere in a text; null where either is null. #}
{% macro text_matches(text, pattern) -%}
    {{ adapter.dispatch('text_matches', 'customer_analytics')(text, pattern) }}
{%- endmacro %}

{% macro default__text_matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ pattern }})
{%- endmacro %}

{% macro spark__text_matches(text, pattern) -%}
    regexp_like({{ text }}, {{ pattern }})
{%- endmacro %}
