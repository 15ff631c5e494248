{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['measurement_key'],
    meta={
        'touched_by': {
            'measurement_key': {'silver_journey_measurements': 'measurement_key'},
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
    },
) }}

with

measurements as (

    select * from {{ ref('silver_journey_measurements') }}
    {% if is_incremental() %}
        where
            measurement_key in ({{ touched('measurement_key') }})
            or source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

final as (

    select

        -- keys
        measurements.measurement_key,
        {{ date_key('measurements.measurement_timestamp') }} as measurement_date_key,
        measurements.journey_key,
        coalesce(identities.customer_key, measurements.source_customer_key) as customer_key,
        {{ surrogate_key(['measurements.entered_stage_code']) }} as stage_key,

        -- attributes
        measurements.journey_definition_id as named_definition_id,
        measurements.measurement_type,
        measurements.measurement_name,
        measurements.measured_unit,
        measurements.dimension_1,
        measurements.dimension_2,
        measurements.dimension_3,
        measurements.segment,
        measurements.cohort,
        measurements.a_b_test_variant,

        -- measures
        measurements.measured_value,
        1 as measurement_count,

        -- timestamps
        measurements.measurement_timestamp

    from measurements
    left join {{ ref('silver_customer_identities') }} as identities
        on measurements.source_customer_key = identities.source_customer_key

)

select * from final
