{# The named fields as they were delivered, in one struct: `raw.<column>` beside the typed column. #}
{% macro raw_fields(columns) -%}
    {{ adapter.dispatch('raw_fields', 'customer_analytics')(columns) }}
{%- endmacro %}

{% macro default__raw_fields(columns) -%}
    struct_pack({% for column in columns %}{{ column }} := {{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro spark__raw_fields(columns) -%}
    named_struct({% for column in columns %}'{{ column }}', {{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
