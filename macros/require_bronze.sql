{# Before a run: bronze must have been loaded, or every staging view would fail with the engine's
   own words. Python loads it, because finding and reading files is not SQL's work. Where files that
   were built from have changed or gone, only a full refresh gives the truth. #}
{% macro require_bronze() -%}
    {% if execute and flags.WHICH in ('run', 'build', 'test', 'snapshot', 'retry') %}
        {% set found = adapter.get_relation(database=target.database, schema='bronze', identifier='load_report') %}
        {% if not found %}
            {{ exceptions.raise_compiler_error("bronze is empty in this database: run `cap load` first (or `make build`, which does it).") }}
        {% endif %}
        {% if flags.WHICH in ('run', 'build') and not flags.FULL_REFRESH and adapter.get_relation(database=target.database, schema='bronze', identifier='must_rebuild') %}
            {{ exceptions.raise_compiler_error("files of bronze that this warehouse was built from have changed or gone: run `dbt build --full-refresh`.") }}
        {% endif %}
    {% endif %}
    select 1 as bronze_is_loaded
{%- endmacro %}
