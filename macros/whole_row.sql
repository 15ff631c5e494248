{# The whole row of a CTE as one struct, and such a struct as JSON text. Two steps, because JSON is dear
   and only rejected rows are written so. #}
{% macro whole_row(cte) -%}
    {{ adapter.dispatch('whole_row', 'customer_analytics')(cte) }}
{%- endmacro %}

{% macro default__whole_row(cte) -%}
    {{ cte }}
{%- endmacro %}

{% macro spark__whole_row(cte) -%}
    struct({{ cte }}.*)
{%- endmacro %}

{% macro row_as_json(row) -%}
    {{ adapter.dispatch('row_as_json', 'customer_analytics')(row) }}
{%- endmacro %}

{% macro default__row_as_json(row) -%}
    cast(to_json({{ row }}) as string)
{%- endmacro %}

{% macro spark__row_as_json(row) -%}
    to_json({{ row }})
{%- endmacro %}
