{# dbt's own, and true of components too: whether a run adds to a table that is there. #}
{% macro is_incremental() -%}
    {%- if not execute -%}
        {{- return(false) -}}
    {%- endif -%}
    {%- set known = load_relation(this) -%}
    {{- return(
        known is not none and known.type == 'table' and is_derived_incrementally(model.config.materialized)
        and not should_full_refresh()
    ) -}}
{%- endmacro %}

{% macro is_derived_incrementally(materialization) -%}
    {{- return(materialization in ('incremental', 'connected_components')) -}}
{%- endmacro %}
