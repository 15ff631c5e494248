-- In every model: weights of a conversion sum to 1 and its revenue to its value, exactly, and
-- nothing of fact_conversions is missing or told twice. The conversion's value is null where it
-- was not delivered.
with

credited as (

    select
        conversion_key,
        attribution_model,
        sum(attribution_weight) as weight,
        sum(attributed_revenue) as revenue
    from {{ ref('fact_attribution') }}
    group by conversion_key, attribution_model

),

models as (select distinct attribution_model from credited),

wanted as (

    select
        conversions.conversion_key,
        coalesce(conversions.conversion_value, 0) as conversion_value,
        models.attribution_model
    from {{ ref('fact_conversions') }} as conversions
    cross join models

)

select
    coalesce(wanted.conversion_key, credited.conversion_key) as conversion_key,
    coalesce(wanted.attribution_model, credited.attribution_model) as attribution_model,
    wanted.conversion_value,
    credited.weight,
    credited.revenue
from wanted
full outer join credited
    on
        wanted.conversion_key = credited.conversion_key
        and wanted.attribution_model = credited.attribution_model
where
    credited.weight is distinct from 1
    or credited.revenue is distinct from wanted.conversion_value
