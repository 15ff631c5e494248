with

-- few rows: one per table and set of fields that were nulled together, null for none
nulled_together as (

    {% for domain, table, key, timestamp in bronze_tables() %}
        select
            '{{ table }}' as table_name,
            nulled_columns,
            count(*) as row_count
        from {{ ref('stg_' ~ domain ~ '__' ~ table) }}
        where rejection_reason is null
        group by nulled_columns
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

fields as (

    select
        table_name,
        {{ split_to_rows('nulled_columns') }} as column_name,
        row_count
    from nulled_together

),

final as (

    select
        table_name,
        column_name,
        cast(sum(row_count) as bigint) as row_count
    from fields
    group by table_name, column_name

)

select * from final
