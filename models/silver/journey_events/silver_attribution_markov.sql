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
        sum(effect) over whole_path as effect_in_all
    from paths
    -- one order for both, so that it is sorted once
    window
        so_far as (
            partition by conversion_key order by touch_number
            rows between unbounded preceding and current row
        ),
        whole_path as (
            partition by conversion_key order by touch_number
            rows between unbounded preceding and unbounded following
        )

),

rounded as (

    select
        *,
        cast(case
            when touch_number >= touch_count then 1
            else cast(effect_so_far as double) / cast(effect_in_all as double)
        end as decimal(11, 10)) as share_so_far,
        cast(case
            when touch_number = 1 then 0
            else cast(effect_so_far - effect as double) / cast(effect_in_all as double)
        end as decimal(11, 10)) as share_before
    from running

),

final as (

    select
        conversion_key,
        touch_key,
        touch_number,
        cast(share_so_far - share_before as decimal(11, 10)) as markov_weight,
        cast(
            round(conversion_value * share_so_far, 2) - round(conversion_value * share_before, 2)
            as decimal(18, 2)
        ) as markov_revenue
    from rounded

)

select * from final
