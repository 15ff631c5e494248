-- Spend is what the touchpoints cost, revenue that of all purchases, in every model.
with

performance as (

    select
        sum(cost) as cost,
        sum(attributed_revenue) as attributed_revenue,
        sum(first_touch_revenue) as first_touch_revenue,
        sum(last_touch_revenue) as last_touch_revenue,
        sum(last_non_direct_revenue) as last_non_direct_revenue,
        sum(linear_revenue) as linear_revenue,
        sum(time_decay_revenue) as time_decay_revenue,
        sum(position_based_revenue) as position_based_revenue,
        sum(shapley_revenue) as shapley_revenue,
        sum(markov_revenue) as markov_revenue
    from {{ ref('fact_channel_performance') }}

),

spent as (

    select sum(cost) as cost
    from {{ ref('fact_touchpoints') }}
    where not is_held_out

),

earned as (

    select sum(conversion_value) as revenue
    from {{ ref('fact_conversions') }}
    where conversion_type = 'purchase'

)

select
    performance.*,
    spent.cost as spent,
    earned.revenue
from performance
cross join spent
cross join earned
where
    coalesce(performance.cost, 0) <> coalesce(spent.cost, 0)
    or coalesce(performance.attributed_revenue, 0) <> coalesce(earned.revenue, 0)
    or coalesce(performance.first_touch_revenue, 0) <> coalesce(earned.revenue, 0)
    or coalesce(performance.last_touch_revenue, 0) <> coalesce(earned.revenue, 0)
    or coalesce(performance.last_non_direct_revenue, 0) <> coalesce(earned.revenue, 0)
    or coalesce(performance.linear_revenue, 0) <> coalesce(earned.revenue, 0)
    or coalesce(performance.time_decay_revenue, 0) <> coalesce(earned.revenue, 0)
    or coalesce(performance.position_based_revenue, 0) <> coalesce(earned.revenue, 0)
    or coalesce(performance.shapley_revenue, 0) <> coalesce(earned.revenue, 0)
    or coalesce(performance.markov_revenue, 0) <> coalesce(earned.revenue, 0)
