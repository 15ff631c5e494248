{# The texts of a group as one, in order. #}
{% macro joined_in_order(text, separator, order) -%}
    {{ adapter.dispatch('joined_in_order', 'customer_analytics')(text, separator, order) }}
{%- endmacro %}

{% macro default__joined_in_order(text, separator, order) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ order }})
{%- endmacro %}

{% macro spark__joined_in_order(text, separator, order) -%}
    listagg({{ text }}, '{{ separator }}') within group (order by {{ order }})
{%- endmacro %}
