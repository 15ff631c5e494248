{# Text in lower case with one blank between words and none at its ends; null for nothing but blanks. #}
{% macro single_spaced(text) -%}
    {{ adapter.dispatch('single_spaced', 'customer_analytics')(text) }}
{%- endmacro %}

{% macro default__single_spaced(text) -%}
    nullif(trim(regexp_replace(lower({{ text }}), '\s+', ' ', 'g')), '')
{%- endmacro %}

{% macro spark__single_spaced(text) -%}
    nullif(trim(regexp_replace(lower({{ text }}), '\\s+', ' ')), '')
{%- endmacro %}
