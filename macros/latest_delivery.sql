{# The accepted rows of a staging view, each once: of several deliveries of one key the last
   ingested counts. `tie_breakers` are columns that order deliveries of the same instant, so that
   the result never depends on the order in which files are read. In an incremental run only what was
   delivered since: what is new replaces what is known. Few keys come twice, so only those are sorted;
   and the view is named three times, because a CTE would keep columns that nobody asks for. #}
{% macro latest_delivery(relation, key, tie_breakers) -%}
    {%- set accepted = "rejection_reason is null" -%}
    {%- if is_incremental() -%}
        {%- set accepted = accepted ~ " and " ~ new_deliveries(relation, key) -%}
    {%- endif -%}
    with

    delivered_again as (

        select {{ key }}
        from {{ relation }}
        where {{ accepted }}
        group by {{ key }}
        having count(*) > 1

    )

    select * from {{ relation }}
    where {{ accepted }} and {{ key }} not in (select {{ key }} from delivered_again)
    union all
    select * from {{ relation }}
    where {{ accepted }} and {{ key }} in (select {{ key }} from delivered_again)
    qualify row_number() over (
        partition by {{ key }}
        order by ingestion_timestamp desc{% for column in tie_breakers %}, {{ column }}{% endfor %}
    ) = 1
{%- endmacro %}
