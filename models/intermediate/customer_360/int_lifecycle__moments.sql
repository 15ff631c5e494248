{{ config(materialized='table') }}

{# days after a moment on which a rule looks again #}
{% set silences = {1: var("lifecycle_at_risk_days"), 2: var("lifecycle_dormant_days"),
                   3: var("lifecycle_churned_days")} %}

with

build_dates as (select as_of from {{ ref('int_core__build_dates') }}),

starts as (select * from {{ ref('int_lifecycle__starts') }}),

gaps as (select * from {{ ref('int_lifecycle__silences') }}),

-- set_silence 0 ends a silence, 1 to 3 say how deep it is
moments as (

    select
        customer_key,
        first_seen_date as moment_date,
        null as set_silence,
        null as ended_silence,
        0 as further_products,
        0 as products,
        0 as activations
    from starts
    union all
    {% for days in [0, var("lifecycle_onboarding_days"), var("lifecycle_mature_days")] %}
        select
            customer_key,
            {{ dbt.dateadd('day', days, 'became_customer_date') }} as moment_date,
            null as set_silence,
            null as ended_silence,
            0 as further_products,
            0 as products,
            0 as activations
        from starts
        where became_customer_date is not null
        union all
    {% endfor %}
    select
        customer_key,
        min(activity_date) as moment_date,
        null as set_silence,
        null as ended_silence,
        0 as further_products,
        0 as products,
        1 as activations
    from gaps
    where transaction_count > 0
    group by customer_key
    union all
    {% for days in [0, var("lifecycle_reactivated_days")] %}
        select
            customer_key,
            {{ dbt.dateadd('day', days, 'activity_date') }} as moment_date,
            {{ 'null' if days else 0 }} as set_silence,
            {{ 'null' if days else
                'case when silent_days > ' ~ silences[2] ~ ' then 2 else 0 end' }} as ended_silence,
            0 as further_products,
            0 as products,
            0 as activations
        from gaps
        where
            silent_days > {{ silences[2] if days else silences[1] }}
            or (silent_days = 0 and {{ days }} = 0)
        union all
    {% endfor %}
    {% for depth, days in silences.items() %}
        select
            customer_key,
            {{ dbt.dateadd('day', days, 'activity_date') }} as moment_date,
            {{ depth }} as set_silence,
            null as ended_silence,
            0 as further_products,
            0 as products,
            0 as activations
        from gaps
        where
            next_date is null
            or {{ dbt.datediff('activity_date', 'next_date', 'day') }} > {{ days }}
        union all
    {% endfor %}
    select
        customer_key,
        {{ dbt.dateadd('day', var("lifecycle_growing_days"), 'moment_date') }} as moment_date,
        null as set_silence,
        null as ended_silence,
        0 as further_products,
        0 as products,
        0 as activations
    from {{ ref('int_lifecycle__products') }}
    where further_products > 0
    union all
    select
        customer_key,
        moment_date,
        null as set_silence,
        null as ended_silence,
        further_products,
        products,
        0 as activations
    from {{ ref('int_lifecycle__products') }}

),

final as (

    select
        moments.customer_key,
        cast(moments.moment_date as date) as moment_date,
        max(moments.set_silence) as set_silence,
        max(moments.ended_silence) as ended_silence,
        sum(moments.further_products) as further_products,
        sum(moments.products) as products,
        sum(moments.activations) as activations
    from moments
    cross join build_dates
    where moments.moment_date <= build_dates.as_of
    group by moments.customer_key, cast(moments.moment_date as date)

)

select * from final
