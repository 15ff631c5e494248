with

exposures as (

    select * from {{ ref('silver_ab_test_exposures') }}
    where counts_in_test

),

first_exposures as (

    select * from exposures
    qualify row_number() over (
        partition by experiment_id, unit_key order by exposure_timestamp, exposure_id
    ) = 1

),

units as (

    select
        experiment_id,
        unit_key,
        count(distinct variant_id) as variants_seen,
        count(*) as exposure_count,
        min(customer_key) as any_customer_key,
        bool_or(is_bot) as is_bot,
        bool_or(is_test) as is_test
    from exposures
    group by experiment_id, unit_key

),

-- an outcome counts from the first exposure on; which variant the outcome names does not matter
outcomes as (

    select
        first_exposures.experiment_id,
        first_exposures.unit_key,
        count(*) as outcome_count,
        bool_or(outcomes.is_converted) as is_converted,
        sum(case when outcomes.is_converted then outcomes.conversion_value end) as conversion_value,
        min(case when outcomes.is_converted then outcomes.result_timestamp end)
            as conversion_timestamp
    from first_exposures
    inner join {{ ref('int_ab_tests__outcomes') }} as outcomes
        on
            first_exposures.experiment_id = outcomes.experiment_id
            and first_exposures.unit_key = outcomes.unit_key
            and first_exposures.exposure_timestamp <= outcomes.result_timestamp
    group by first_exposures.experiment_id, first_exposures.unit_key

),

final as (

    select

        -- keys
        {{ surrogate_key(['units.experiment_id', 'units.unit_key']) }} as assignment_key,
        experiments.experiment_key,
        {{ surrogate_key(['units.experiment_id', 'first_exposures.variant_id']) }} as variant_key,
        units.unit_key,
        coalesce(first_exposures.customer_key, units.any_customer_key) as customer_key,

        -- ids
        units.experiment_id,
        first_exposures.variant_id,
        first_exposures.unit_type,
        first_exposures.source_system,
        first_exposures.platform,

        -- whether it can be judged by
        units.variants_seen > 1 as is_contaminated,
        units.is_bot,
        units.is_test,
        experiments.configured_split,

        -- measures
        cast(units.exposure_count as integer) as exposure_count,
        coalesce(outcomes.is_converted, false) as is_converted,
        cast(coalesce(outcomes.conversion_value, 0) as decimal(18, 2)) as conversion_value,
        cast(floor({{ seconds_between(
            'first_exposures.exposure_timestamp', 'outcomes.conversion_timestamp'
        ) }} / 60) as integer) as time_to_conversion_minutes,

        -- timestamps
        first_exposures.exposure_timestamp,
        outcomes.conversion_timestamp

    from units
    inner join first_exposures
        on
            units.experiment_id = first_exposures.experiment_id
            and units.unit_key = first_exposures.unit_key
    inner join {{ ref('silver_experiments') }} as experiments
        on
            first_exposures.experiment_id = experiments.experiment_id
            and first_exposures.exposure_timestamp >= experiments.effective_from
            and first_exposures.exposure_timestamp < experiments.effective_to
    left join outcomes
        on
            units.experiment_id = outcomes.experiment_id
            and units.unit_key = outcomes.unit_key

)

select * from final
