with

transitions as (select * from {{ ref('int_attribution__transitions') }}),

visits as (select * from {{ ref('int_attribution__visits') }}),

paths as (

    select * from {{ ref('silver_attribution_paths') }}
    where touch_key <> -1

),

nodes as (

    select
        node_key,
        min(channel_key) as channel_key,
        min(case when '{{ var("attribution_grain") }}' = 'campaign' then campaign_key else -1 end)
            as campaign_key
    from {{ ref('int_attribution__touches') }}
    group by node_key

),

totals as (

    select
        conversion_type,
        count(*) as conversion_count,
        sum(conversion_value) as conversion_value
    from paths
    where touch_number = 1
    group by conversion_type

),

-- the chance that a path converts, by where it is
chances as (

    select
        visits.conversion_type,
        visits.from_key,
        sum(visits.visits * transitions.probability) as chance
    from visits
    inner join transitions
        on
            visits.conversion_type = transitions.conversion_type
            and visits.to_key = transitions.from_key
    where transitions.to_key = -3
    group by visits.conversion_type, visits.from_key

),

-- the share of the chance that is lost with a channel: to reach it, and to convert from there
removed as (

    select
        visits.conversion_type,
        visits.to_key as node_key,
        -- all that is lost is 1: rounded sums come to a hair more
        cast(
            least(
                cast(visits.visits as double)
                / cast(own.visits as double)
                * coalesce(cast(chances.chance as double), 0)
                / cast(at_start.chance as double), 1
            ) as decimal(18, 16)
        ) as removal_effect
    from visits
    inner join visits as own
        on
            visits.conversion_type = own.conversion_type
            and visits.to_key = own.from_key
            and visits.to_key = own.to_key
    inner join chances as at_start
        on visits.conversion_type = at_start.conversion_type and at_start.from_key = -2
    left join chances
        on
            visits.conversion_type = chances.conversion_type
            and visits.to_key = chances.from_key
    where visits.from_key = -2 and visits.to_key <> -2

),

shared as (

    select
        *,
        cast(coalesce(
            cast(sum(removal_effect) over (
                partition by conversion_type order by node_key
                rows between unbounded preceding and current row
            ) as double)
            / nullif(cast(sum(removal_effect) over (partition by conversion_type) as double), 0),
            0
        ) as decimal(18, 17)) as share_so_far
    from removed

),

final as (

    select
        {{ surrogate_key(['shared.conversion_type', 'shared.node_key']) }} as removal_effect_key,
        shared.conversion_type,
        shared.node_key,
        nodes.channel_key,
        nodes.campaign_key,
        shared.removal_effect,
        cast(
            shared.share_so_far - coalesce(lag(shared.share_so_far) over by_node, 0)
            as decimal(18, 17)
        ) as credit_share,
        cast(
            totals.conversion_count
            * (shared.share_so_far - coalesce(lag(shared.share_so_far) over by_node, 0))
            as decimal(28, 10)
        ) as markov_conversions,
        cast(
            round(totals.conversion_value * cast(shared.share_so_far as decimal(15, 14)), 2)
            - coalesce(round(totals.conversion_value * cast(
                lag(shared.share_so_far) over by_node as decimal(15, 14)
            ), 2), 0) as decimal(18, 2)
        ) as markov_revenue
    from shared
    inner join totals on shared.conversion_type = totals.conversion_type
    inner join nodes on shared.node_key = nodes.node_key
    window by_node as (partition by shared.conversion_type order by shared.node_key)

)

select * from final
