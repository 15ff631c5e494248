{{ config(materialized='table') }}

with

units as (

    select * from {{ ref('int_ab_tests__units') }}

),

exposures as (

    select
        units.experiment_id,
        units.variant_id,
        cast(exposures.exposure_timestamp as date) as activity_date,
        count(*) as exposures
    from {{ ref('silver_ab_test_exposures') }} as exposures
    inner join units on exposures.assignment_key = units.assignment_key
    where exposures.counts_in_test
    group by units.experiment_id, units.variant_id, cast(exposures.exposure_timestamp as date)

),

assigned as (

    select
        experiment_id,
        variant_id,
        assigned_date as activity_date,
        count(*) as units
    from units
    group by experiment_id, variant_id, assigned_date

),

converted as (

    select
        experiment_id,
        variant_id,
        converted_date as activity_date,
        count(*) as conversions,
        sum(conversion_value) as conversion_value,
        sum(time_to_conversion_minutes) as conversion_minutes
    from units
    where is_converted
    group by experiment_id, variant_id, converted_date

),

active_days as (

    select
        experiment_id,
        activity_date
    from exposures
    union
    select
        experiment_id,
        activity_date
    from converted

),

-- every variant on every day of its experiment
grid as (

    select
        variants.experiment_key,
        variants.variant_key,
        variants.experiment_id,
        variants.variant_id,
        variants.is_control,
        active_days.activity_date
    from {{ ref('silver_ab_test_variants') }} as variants
    inner join active_days on variants.experiment_id = active_days.experiment_id

),

daily as (

    select
        grid.*,
        coalesce(exposures.exposures, 0) as exposures,
        coalesce(assigned.units, 0) as units,
        coalesce(converted.conversions, 0) as conversions,
        coalesce(converted.conversion_value, 0) as conversion_value,
        coalesce(converted.conversion_minutes, 0) as conversion_minutes
    from grid
    left join exposures
        on
            grid.experiment_id = exposures.experiment_id
            and grid.variant_id = exposures.variant_id
            and grid.activity_date = exposures.activity_date
    left join assigned
        on
            grid.experiment_id = assigned.experiment_id
            and grid.variant_id = assigned.variant_id
            and grid.activity_date = assigned.activity_date
    left join converted
        on
            grid.experiment_id = converted.experiment_id
            and grid.variant_id = converted.variant_id
            and grid.activity_date = converted.activity_date

),

final as (

    select
        experiment_key,
        variant_key,
        experiment_id,
        variant_id,
        is_control,
        activity_date as summary_date,
        min(activity_date) over so_far as first_date,
        sum(exposures) over so_far as exposures,
        sum(units) over so_far as units,
        sum(conversions) over so_far as conversions,
        sum(conversion_value) over so_far as conversion_value,
        sum(conversion_minutes) over so_far as conversion_minutes
    from daily
    window so_far as (
        partition by experiment_id, variant_id order by activity_date
        rows between unbounded preceding and current row
    )

)

select * from final
