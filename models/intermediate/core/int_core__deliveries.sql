{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['table_name', 'ingestion_date', 'rejection_reason', 'nulled_columns'],
) }}

{# the last day that is known of each table: it is read again, since more of it may have come #}
{% set known_until = dates_by_name(
    "select table_name, max(ingestion_date) from " ~ this ~ " group by table_name"
) if is_incremental() else {} %}

with

deliveries as (

    {% for domain, table, key, event_timestamp in bronze_tables() %}
        select
            '{{ table }}' as table_name,
            cast(ingestion_timestamp as date) as ingestion_date,
            rejection_reason,
            nulled_columns,
            count(*) as row_count,
            min({{ event_timestamp }}) as first_event_timestamp,
            max({{ event_timestamp }}) as last_event_timestamp
        from {{ ref('stg_' ~ domain ~ '__' ~ table) }}
        where
            ingestion_timestamp
            >= timestamp '{{ known_until[table] | default("0001-01-01") }} 00:00:00'
            or ingestion_timestamp is null
        group by all
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        table_name,
        coalesce(ingestion_date, date '0001-01-01') as ingestion_date,
        coalesce(rejection_reason, '') as rejection_reason,
        coalesce(nulled_columns, '') as nulled_columns,
        row_count,
        first_event_timestamp,
        last_event_timestamp,
        {{ batch_number() }} as derived_in_batch
    from deliveries

)

select * from final
