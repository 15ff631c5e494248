{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['assignment_key'],
    meta={
        'touched_by': {
            'assignment_key': {
                'silver_ab_test_exposures': 'assignment_key',
                'int_ab_tests__outcomes': 'assignment_key',
            },
        },
        'units': ['assignment_key'],
    },
) }}

with

places as (

    select * from {{ ref('silver_web_event_sessions') }}
    where event_kind = 'exposure'

),

experiments as (select * from {{ ref('silver_experiments') }}),

{% if is_incremental() %}
    touched_units as (

        {{ touched('assignment_key') }}
        union all
        select moved.assignment_key
        from {{ ref('silver_ab_test_exposures') }} as moved
        inner join places on moved.exposure_key = places.event_key
        where places.derived_in_batch > {{ last_batch_of(model.name) }}
        union all
        -- those whose version of the experiment is no longer what it was
        select known.assignment_key
        from {{ this }} as known
        left join experiments
            on
                known.experiment_key = experiments.experiment_key
                and known.exposure_timestamp >= experiments.effective_from
                and known.exposure_timestamp < experiments.effective_to
                and known.configured_split is not distinct from experiments.configured_split
        where experiments.experiment_key is null

    ),
{% endif %}

exposures as (

    select
        exposures.*,
        coalesce(places.is_bot, false) as is_bot,
        coalesce(places.is_test, false) as is_test
    from {{ ref('silver_ab_test_exposures') }} as exposures
    left join places on exposures.exposure_key = places.event_key
    where
        exposures.counts_in_test
        {% if is_incremental() %}
            and exposures.assignment_key in (
                select touched_units.assignment_key from touched_units
            )
        {% endif %}

),

first_exposures as (

    select * from exposures
    qualify row_number() over (
        partition by assignment_key order by exposure_timestamp, exposure_id
    ) = 1

),

units as (

    select
        assignment_key,
        count(distinct variant_id) as variants_seen,
        count(*) as exposure_count,
        min(source_customer_key) as any_customer,
        bool_or(is_bot) as is_bot,
        bool_or(is_test) as is_test
    from exposures
    group by assignment_key

),

-- a conversion counts from the first exposure on; which variant it names does not matter
outcomes as (

    select
        first_exposures.assignment_key,
        sum(outcomes.conversion_value) as conversion_value,
        min(outcomes.result_timestamp) as conversion_timestamp
    from first_exposures
    inner join {{ ref('int_ab_tests__outcomes') }} as outcomes
        on
            first_exposures.assignment_key = outcomes.assignment_key
            and first_exposures.exposure_timestamp <= outcomes.result_timestamp
            and outcomes.is_converted
    group by first_exposures.assignment_key

),

final as (

    select
        units.assignment_key,
        experiments.experiment_key,
        {{ surrogate_key(['first_exposures.experiment_id', 'first_exposures.variant_id']) }}
            as variant_key,
        first_exposures.unit_key,
        first_exposures.visitor_key,
        coalesce(first_exposures.source_customer_key, units.any_customer) as source_customer_key,
        first_exposures.experiment_id,
        first_exposures.variant_id,
        first_exposures.unit_type,
        first_exposures.source_system,
        first_exposures.platform,
        first_exposures.device_type,
        units.variants_seen > 1 as is_contaminated,
        units.is_bot,
        units.is_test,
        experiments.configured_split,
        cast(units.exposure_count as integer) as exposure_count,
        outcomes.assignment_key is not null as is_converted,
        cast(coalesce(outcomes.conversion_value, 0) as decimal(18, 2)) as conversion_value,
        cast(floor({{ seconds_between(
            'first_exposures.exposure_timestamp', 'outcomes.conversion_timestamp'
        ) }} / 60) as integer) as time_to_conversion_minutes,
        first_exposures.exposure_timestamp,
        outcomes.conversion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from units
    inner join first_exposures on units.assignment_key = first_exposures.assignment_key
    inner join experiments
        on
            first_exposures.experiment_id = experiments.experiment_id
            and first_exposures.exposure_timestamp >= experiments.effective_from
            and first_exposures.exposure_timestamp < experiments.effective_to
    left join outcomes on units.assignment_key = outcomes.assignment_key

)

select * from final
