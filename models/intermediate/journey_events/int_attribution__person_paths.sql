{{ config(materialized='table') }}

-- As a Markov chain of any order reads a path: two touches of one channel in a row are one
with

won as (

    select
        conversion_type,
        coalesce(customer_key, visitor_key, conversion_key) as person_key,
        true as is_converted,
        conversion_key as path_number,
        min(conversion_value) as conversion_value,
        {{ joined_in_order('cast(node_key as string)', ',', 'touch_number') }} as nodes
    from {{ ref('silver_attribution_paths') }}
    where touch_key <> -1 and previous_node_key is distinct from node_key
    group by conversion_type, coalesce(customer_key, visitor_key, conversion_key), conversion_key

),

lost as (

    select
        conversion_type,
        person_key,
        false as is_converted,
        path_number,
        cast(0 as decimal(18, 2)) as conversion_value,
        {{ joined_in_order('cast(node_key as string)', ',', 'touch_number') }} as nodes
    from {{ ref('int_attribution__unconverted') }}
    where previous_node_key is distinct from node_key
    group by conversion_type, person_key, path_number

),

gathered as (

    select * from won
    union all
    select * from lost

),

final as (

    select
        {{ surrogate_key(['conversion_type', 'is_converted', 'nodes']) }} as distinct_path_key,
        *
    from gathered

)

select * from final
