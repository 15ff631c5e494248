-- A removal effect lies between 0 and 1, and shares of a type sum to 1, and its revenue to the
-- cent.
with

effects as (

    select
        conversion_type,
        min(removal_effect) as least_effect,
        max(removal_effect) as greatest_effect,
        sum(credit_share) as credit_share,
        sum(markov_revenue) as markov_revenue
    from {{ ref('silver_attribution_removal_effects') }}
    group by conversion_type

),

touched as (

    select
        conversion_type,
        sum(conversion_value) as conversion_value
    from {{ ref('fact_conversion_paths') }}
    where touch_count > 0
    group by conversion_type

)

select
    touched.conversion_type,
    effects.least_effect,
    effects.greatest_effect,
    effects.credit_share,
    effects.markov_revenue,
    touched.conversion_value
from touched
left join effects on touched.conversion_type = effects.conversion_type
where
    effects.conversion_type is null
    or effects.least_effect < 0
    or effects.greatest_effect > 1
    or effects.credit_share <> 1
    or effects.markov_revenue <> touched.conversion_value
