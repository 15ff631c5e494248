{# Before a run: bronze must have been loaded, or every staging view would fail with the engine's
   own words. Python loads it, because finding and reading files is not SQL's work. #}
{% macro require_bronze() -%}
    {% if execute and flags.WHICH in ('run', 'build', 'test', 'snapshot', 'retry') %}
        {% set found = adapter.get_relation(database=target.database, schema='bronze', identifier='load_report') %}
        {% if not found %}
            {{ exceptions.raise_compiler_error("bronze is empty in this database: run `cap load` first (or `make build`, which does it).") }}
        {% endif %}
    {% endif %}
    select 1 as bronze_is_loaded
{%- endmacro %}
