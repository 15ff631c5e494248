with

load_report as (

    select * from {{ ref('stg_core__load_report') }}

),

rejected as (

    select
        table_name,
        count(*) as row_count
    from {{ ref('quality_rejected_rows') }}
    group by table_name

),

nulled as (

    select
        table_name,
        cast(sum(row_count) as bigint) as field_count
    from {{ ref('quality_nulled_fields') }}
    group by table_name

),

keys as (

    select
        table_name,
        count(*) as key_count
    from {{ ref('int_core__accepted_keys') }}
    group by table_name

),

-- rejected rows are counted where they are kept, not here, so that a row lost on the way shows
delivered as (

    select
        table_name,
        cast(sum(row_count) as bigint) as bronze_rows,
        cast(sum(case when rejection_reason = '' then row_count else 0 end) as bigint)
            as usable_rows,
        min(case when rejection_reason = '' then first_event_timestamp end)
            as first_event_timestamp,
        max(case when rejection_reason = '' then last_event_timestamp end) as last_event_timestamp
    from {{ ref('int_core__deliveries') }}
    group by table_name

),

tables as (

    {% for domain, table, key, event_timestamp in bronze_tables() %}
        select
            '{{ table }}' as table_name,
            '{{ domain }}' as domain
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        tables.table_name,
        tables.domain,
        load_report.is_absent,
        load_report.file_count,
        coalesce(delivered.bronze_rows, 0) as bronze_rows,
        coalesce(keys.key_count, 0) as accepted_rows,
        coalesce(delivered.usable_rows, 0) - coalesce(keys.key_count, 0) as duplicate_rows,
        coalesce(rejected.row_count, 0) as rejected_rows,
        coalesce(nulled.field_count, 0) as fields_nulled,
        load_report.columns_missing,
        load_report.columns_unknown,
        delivered.first_event_timestamp,
        delivered.last_event_timestamp
    from tables
    left join delivered on tables.table_name = delivered.table_name
    left join keys on tables.table_name = keys.table_name
    left join load_report on tables.table_name = load_report.table_name
    left join rejected on tables.table_name = rejected.table_name
    left join nulled on tables.table_name = nulled.table_name

)

select * from final
