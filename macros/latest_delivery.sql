{# The accepted rows of a staging view, each once: of several deliveries of one key the last
   ingested counts. `tie_breakers` are columns that order deliveries of the same instant, so that
   the result never depends on the order in which files are read. #}
{% macro latest_delivery(relation, key, tie_breakers) -%}
    select *
    from {{ relation }}
    where rejection_reason is null
    qualify row_number() over (
        partition by {{ key }}
        order by ingestion_timestamp desc{% for column in tie_breakers %}, {{ column }}{% endfor %}
    ) = 1
{%- endmacro %}
