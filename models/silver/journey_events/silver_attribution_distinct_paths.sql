{{ config(materialized='table') }}

-- A million journeys take some thousand paths: who needs more than one channel of memory, or draws
-- paths again and again, reads these. Every order of a Markov chain leaves out repeats.
with

won as (

    select
        conversion_type,
        true as is_converted,
        conversion_key as path_key,
        min(conversion_value) as conversion_value,
        {{ joined_in_order('cast(node_key as string)', ',', 'touch_number') }} as nodes
    from {{ ref('silver_attribution_paths') }}
    where touch_key <> -1 and previous_node_key is distinct from node_key
    group by conversion_type, conversion_key

),

lost as (

    select
        conversion_type,
        false as is_converted,
        {{ surrogate_key(['person_key', 'path_number']) }} as path_key,
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
        conversion_type,
        is_converted,
        nodes,
        count(*) as path_count,
        cast(sum(conversion_value) as decimal(18, 2)) as conversion_value
    from gathered
    group by conversion_type, is_converted, nodes

)

select * from final
