{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['table_name', 'row_key'],
) }}

{# the tables of which rows came since the last run, and the first day that changed #}
{% set deliveries = ref('int_core__deliveries') %}
{% set changed_from = dates_by_name(
    "select table_name, min(ingestion_date) from " ~ deliveries
    ~ " where rejection_reason = '' and derived_in_batch > " ~ last_batch_of(model.name)
    ~ " group by table_name"
) if is_incremental() else {} %}

with

keys as (

    {% for domain, table, key, event_timestamp in bronze_tables() %}
        select distinct
            '{{ table }}' as table_name,
            {{ surrogate_key([key]) }} as row_key
        from {{ ref('stg_' ~ domain ~ '__' ~ table) }}
        where
            rejection_reason is null
            {% if table in changed_from %}
                and (
                    ingestion_timestamp >= timestamp '{{ changed_from[table] }} 00:00:00'
                    or ingestion_timestamp is null
                )
            {% elif is_incremental() %}
                and false
            {% endif %}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from keys
