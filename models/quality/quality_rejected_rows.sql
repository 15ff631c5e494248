{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['table_name', 'ingestion_date'],
) }}

{# only tables that have such rows, from the first day on that changed: to write a row as JSON, all
   of it must be read #}
{% set deliveries = ref('int_core__deliveries') %}
{% set changed_from = dates_by_name(
    "select table_name, min(ingestion_date) from " ~ deliveries
    ~ " where rejection_reason <> '' and derived_in_batch > "
    ~ (last_batch_of(model.name) if is_incremental() else -1) ~ " group by table_name"
) %}

with

rejected as (

    {% for domain, table, key, event_timestamp in bronze_tables() %}
        select
            '{{ table }}' as table_name,
            {{ key }} as row_key,
            rejection_reason,
            ingestion_timestamp,
            coalesce(cast(ingestion_timestamp as date), date '0001-01-01') as ingestion_date,
            {{ row_as_json('delivered_row') }} as row_json
        from {{ ref('stg_' ~ domain ~ '__' ~ table) }}
        where
            rejection_reason is not null
            {% if table in changed_from and is_incremental() %}
                and (
                    ingestion_timestamp >= timestamp '{{ changed_from[table] }} 00:00:00'
                    or ingestion_timestamp is null
                )
            {% elif execute and table not in changed_from %}
                and false
            {% endif %}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from rejected
