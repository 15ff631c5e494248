{{ config(materialized='table') }}

-- -2 is where paths start, -3 a conversion, -4 the end of a path that led to none
with

paths as (

    select * from {{ ref('silver_attribution_paths') }}
    where touch_key <> -1

),

unconverted as (select * from {{ ref('int_attribution__unconverted') }}),

steps as (

    select
        conversion_type,
        coalesce(previous_node_key, -2) as from_key,
        node_key as to_key,
        count(*) as step_count
    from paths
    where previous_node_key is distinct from node_key
    group by conversion_type, previous_node_key, node_key
    union all
    select
        conversion_type,
        node_key as from_key,
        -3 as to_key,
        count(*) as step_count
    from paths
    where touch_number = touch_count
    group by conversion_type, node_key
    union all
    select
        conversion_type,
        coalesce(previous_node_key, -2) as from_key,
        node_key as to_key,
        count(*) as step_count
    from unconverted
    where previous_node_key is distinct from node_key
    group by conversion_type, previous_node_key, node_key
    union all
    select
        conversion_type,
        node_key as from_key,
        -4 as to_key,
        count(*) as step_count
    from unconverted
    where is_last
    group by conversion_type, node_key

),

counted as (

    select
        conversion_type,
        from_key,
        to_key,
        sum(step_count) as step_count
    from steps
    group by conversion_type, from_key, to_key

),

final as (

    select
        *,
        cast(
            cast(step_count as double)
            / sum(step_count) over (partition by conversion_type, from_key) as decimal(18, 17)
        ) as probability
    from counted

)

select * from final
