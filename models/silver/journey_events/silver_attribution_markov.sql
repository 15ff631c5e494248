{{ config(materialized='table') }}

-- Removal effects depend on all paths, so a new one may change every row: made anew each time.
with

paths as (

    select
        paths.conversion_key,
        paths.touch_key,
        paths.touch_number,
        paths.touch_count,
        paths.conversion_value,
        cast(
            cast(effects.removal_effect as double) / paths.node_touches as decimal(18, 17)
        ) as effect
    from {{ ref('silver_attribution_paths') }} as paths
    left join {{ ref('silver_attribution_removal_effects') }} as effects
        on
            paths.conversion_type = effects.conversion_type
            and paths.node_key = effects.node_key

),

running as (

    select
        *,
        sum(effect) over so_far as effect_so_far,
        sum(effect) over (partition by conversion_key) as effect_in_all
    from paths
    window so_far as (
        partition by conversion_key order by touch_number
        rows between unbounded preceding and current row
    )

),

rounded as (

    select
        *,
        cast(
            case
                when touch_number >= touch_count then 1
                else cast(effect_so_far as double) / cast(effect_in_all as double)
            end as decimal(11, 10)
        ) as share_so_far
    from running

),

final as (

    select
        conversion_key,
        touch_key,
        touch_number,
        cast(share_so_far - coalesce(lag(share_so_far) over path, 0) as decimal(11, 10))
            as markov_weight,
        cast(
            round(conversion_value * share_so_far, 2)
            - coalesce(round(conversion_value * lag(share_so_far) over path, 2), 0)
            as decimal(18, 2)
        ) as markov_revenue
    from rounded
    window path as (partition by conversion_key order by touch_number)

)

select * from final
