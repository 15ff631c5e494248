{# Of a split as JSON text, {"arm": weight, …}: the arm's share of all weights (0 to 1), null where the
   split does not name it; and the number of arms. Weights may be shares, per cent or parts. #}
{% macro configured_share(split, arm) -%}
    {{ adapter.dispatch('configured_share', 'customer_analytics')(split, arm) }}
{%- endmacro %}

{% macro configured_arms(split) -%}
    cardinality({{ weights_of(split) }})
{%- endmacro %}

{% macro default__configured_share(split, arm) -%}
    {{ weights_of(split) }}[{{ arm }}] / nullif(list_sum(map_values({{ weights_of(split) }})), 0)
{%- endmacro %}

{% macro spark__configured_share(split, arm) -%}
    {{ weights_of(split) }}[{{ arm }}]
    / nullif(aggregate(map_values({{ weights_of(split) }}), cast(0 as double), (a, x) -> a + x), 0)
{%- endmacro %}

{% macro weights_of(split) -%}
    {{ adapter.dispatch('weights_of', 'customer_analytics')(split) }}
{%- endmacro %}

{% macro default__weights_of(split) -%}
    try_cast(try_cast({{ split }} as json) as map(varchar, double))
{%- endmacro %}

{% macro spark__weights_of(split) -%}
    from_json({{ split }}, 'map<string,double>')
{%- endmacro %}
