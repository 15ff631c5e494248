with

nulled_together as (

    select
        table_name,
        nulled_columns,
        sum(row_count) as row_count
    from {{ ref('int_core__deliveries') }}
    where rejection_reason = '' and nulled_columns <> ''
    group by table_name, nulled_columns

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
