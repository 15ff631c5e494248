with

source as (

    select * from {{ source('bronze', 'load_report') }}

),

final as (

    select
        table_name,
        cast(file_count as bigint) as file_count,
        cast(byte_count as bigint) as byte_count,
        is_absent,
        columns_missing,
        columns_unknown,
        notes
    from source

)

select * from final
