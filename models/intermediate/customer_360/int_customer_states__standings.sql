{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['customer_key', 'point_date'],
    meta={
        'touched_by': {
            'customer_key': {
                'int_lifecycle__members': 'customer_key',
                'int_lifecycle__stages': 'customer_key',
            },
        },
        'units': ['customer_key'],
    },
) }}

{# As silver_customer_lifecycle_history, which depends on the build date: all customers are derived
   in every run, and what comes out as it was stays, and touches nobody. #}
-- depends_on: {{ ref('int_lifecycle__members') }}
-- depends_on: {{ ref('int_lifecycle__stages') }}
with

stages as (select * from {{ ref('int_customer_states__stages') }}),

segments as (select * from {{ ref('int_customer_states__segments') }}),

-- without a gap, so that no end needs telling
households as (

    select
        customer_key,
        valid_from_date as point_date,
        household_key
    from {{ ref('silver_household_members') }}

),

-- a birthday holds for all days, so from the first on
births as (

    select
        stages.customer_key,
        min(stages.point_date) as point_date,
        max(records.date_of_birth) as birth_date
    from stages
    inner join {{ ref('silver_customer_golden_record') }} as records
        on stages.customer_key = records.customer_key and records.is_current
    group by stages.customer_key

),

products as (select * from {{ ref('int_customer_states__products') }}),

scores as (select * from {{ ref('int_customer_states__scores') }}),

measured as (select * from {{ ref('silver_customer_value') }}),

points as (

    {% for relation in ['stages', 'segments', 'households', 'products', 'scores'] %}
        select
            customer_key,
            point_date
        from {{ relation }}
        union distinct
    {% endfor %}
    select
        customer_key,
        metric_date as point_date
    from measured

),

final as (

    select
        points.customer_key,
        points.point_date,
        stages.lifecycle_stage,
        stages.is_in_base,
        stages.was_in_base,
        stages.base_change,
        segments.segment_key,
        segments.segment_tier,
        households.household_key,
        births.birth_date,
        {% for column in ['total_products', 'active_products'] %}
            coalesce(products.{{ column }}, 0) as {{ column }},
        {% endfor %}
        {% for column in ['total_deposits', 'total_investments', 'total_loans'] %}
            cast(coalesce(products.{{ column }}, 0) as decimal(18, 2)) as {{ column }},
        {% endfor %}
        measured.total_revenue as revenue,
        measured.net_profit as profit,
        measured.customer_lifetime_value,
        measured.profitability_score,
        scores.digital_adoption_score,
        scores.churn_risk_score,
        scores.churn_risk_band,
        {{ batch_number() }} as derived_in_batch
    from points
    left join stages
        on points.customer_key = stages.customer_key and points.point_date = stages.point_date
    left join segments
        on points.customer_key = segments.customer_key and points.point_date = segments.point_date
    left join households
        on
            points.customer_key = households.customer_key
            and points.point_date = households.point_date
    left join births
        on points.customer_key = births.customer_key and points.point_date = births.point_date
    left join products
        on points.customer_key = products.customer_key and points.point_date = products.point_date
    left join scores
        on points.customer_key = scores.customer_key and points.point_date = scores.point_date
    left join measured
        on points.customer_key = measured.customer_key and points.point_date = measured.metric_date

)

select * from final
