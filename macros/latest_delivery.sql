{# The accepted rows of a staging view, each once: of several deliveries of one key the last
   ingested counts. `tie_breakers` are columns that order deliveries of the same instant, so that
   the result never depends on the order in which files are read. In an incremental run only what was
   delivered since: what is new replaces what is known. Few keys come twice, so only those are sorted. #}
{% macro latest_delivery(relation, key, tie_breakers) -%}
    with

    deliveries as (

        select *
        from {{ relation }}
        where
            rejection_reason is null
            {% if is_incremental() %}and {{ new_deliveries(relation, key) }}{% endif %}

    ),

    delivered_again as (select {{ key }} from deliveries group by {{ key }} having count(*) > 1)

    select * from deliveries
    where {{ key }} not in (select {{ key }} from delivered_again)
    union all
    select * from deliveries
    where {{ key }} in (select {{ key }} from delivered_again)
    qualify row_number() over (
        partition by {{ key }}
        order by ingestion_timestamp desc{% for column in tie_breakers %}, {{ column }}{% endfor %}
    ) = 1
{%- endmacro %}
