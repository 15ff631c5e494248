{{ config(materialized='table') }}
{# q, q², q⁴ …: paths of up to 2¹³ steps; in decimals, as the sum of doubles depends on its order #}
{% set rounds = 12 %}

with

transitions as (select * from {{ ref('int_attribution__transitions') }}),

-- among channels only; all that there are, the ones that nothing follows too
q_0 as (

    select * from transitions
    where to_key not in (-3, -4)

),

visits_0 as (

    select
        conversion_type,
        from_key,
        to_key,
        cast(sum(probability) as decimal(20, 16)) as visits
    from (
        select distinct
            conversion_type,
            from_key,
            from_key as to_key,
            1 as probability
        from transitions
        union all
        select
            conversion_type,
            from_key,
            to_key,
            probability
        from q_0
    ) as at_most_one_step
    group by conversion_type, from_key, to_key

),

{% for round in range(1, rounds + 1) %}
    {{ 'q_' ~ round }} as (

        select
            earlier.conversion_type,
            earlier.from_key,
            later.to_key,
            cast(sum(earlier.probability * later.probability) as decimal(18, 17)) as probability
        from {{ 'q_' ~ (round - 1) }} as earlier
        inner join {{ 'q_' ~ (round - 1) }} as later
            on
                earlier.conversion_type = later.conversion_type
                and earlier.to_key = later.from_key
        where earlier.probability > 0 and later.probability > 0
        group by earlier.conversion_type, earlier.from_key, later.to_key

    ),

    {{ 'visits_' ~ round }} as (

        select
            conversion_type,
            from_key,
            to_key,
            cast(sum(visits) as decimal(20, 16)) as visits
        from (
            select * from {{ 'visits_' ~ (round - 1) }}
            union all
            select
                earlier.conversion_type,
                earlier.from_key,
                later.to_key,
                earlier.visits * later.probability as visits
            from {{ 'visits_' ~ (round - 1) }} as earlier
            inner join {{ 'q_' ~ round }} as later
                on
                    earlier.conversion_type = later.conversion_type
                    and earlier.to_key = later.from_key
        ) as more_steps
        group by conversion_type, from_key, to_key

    ),
{% endfor %}

final as (select * from {{ 'visits_' ~ rounds }})

select * from final
