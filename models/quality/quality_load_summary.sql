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

-- rejected rows are counted where they are kept, not here, so that a row lost on the way shows
counted as (

    {% for domain, table, key, timestamp in bronze_tables() %}
        select
            '{{ table }}' as table_name,
            '{{ domain }}' as domain,
            count(*) as bronze_rows,
            count(*) filter (where rejection_reason is null) as usable_rows,
            count(distinct {{ key }}) filter (where rejection_reason is null) as accepted_rows,
            min({{ timestamp }}) filter (where rejection_reason is null) as first_event_timestamp,
            max({{ timestamp }}) filter (where rejection_reason is null) as last_event_timestamp
        from {{ ref('stg_' ~ domain ~ '__' ~ table) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        counted.table_name,
        counted.domain,
        load_report.is_absent,
        load_report.file_count,
        counted.bronze_rows,
        counted.accepted_rows,
        counted.usable_rows - counted.accepted_rows as duplicate_rows,
        coalesce(rejected.row_count, 0) as rejected_rows,
        coalesce(nulled.field_count, 0) as fields_nulled,
        load_report.columns_missing,
        load_report.columns_unknown,
        counted.first_event_timestamp,
        counted.last_event_timestamp
    from counted
    left join load_report on counted.table_name = load_report.table_name
    left join rejected on counted.table_name = rejected.table_name
    left join nulled on counted.table_name = nulled.table_name

)

select * from final
