{# The whole row of a CTE as JSON text, for the row that is rejected. #}
{% macro row_as_json(cte) -%}
    {{ adapter.dispatch('row_as_json', 'customer_analytics')(cte) }}
{%- endmacro %}

{% macro default__row_as_json(cte) -%}
    cast(to_json({{ cte }}) as string)
{%- endmacro %}

{% macro spark__row_as_json(cte) -%}
    to_json(struct({{ cte }}.*))
{%- endmacro %}
