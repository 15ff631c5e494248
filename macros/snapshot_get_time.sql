{# dbt's own, for snapshots: when something was seen is the build date, not what the clock says, so that
   a day that is built again, or late, is that day. #}
{% macro duckdb__snapshot_get_time() -%}
    (select cast(as_of as timestamp) from intermediate.int_core__build_dates)
{%- endmacro %}
