{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['measurement_key'],
    meta={'units': ['journey_key', 'source_customer_key']},
) }}

with

measurements as (

    {{ latest_delivery(
        ref('stg_journey_events__journey_analytics_events'),
        'analytics_event_id',
        ['event_timestamp', 'journey_instance_id', 'metric_name', 'dimension_1', 'metric_value'],
    ) }}

),

final as (

    select

        -- keys
        {{ surrogate_key(['analytics_event_id']) }} as measurement_key,
        case
            when journey_instance_id is not null
                then {{ surrogate_key(['journey_instance_id']) }}
        end as journey_key,
        case
            when customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'customer_id'
                ]) }}
        end as source_customer_key,

        -- ids
        analytics_event_id,
        journey_instance_id,
        journey_definition_id,
        '{{ var("default_source_system") }}' as source_system,
        customer_id,

        -- the figure
        lower(metric_type) as measurement_type,
        lower(metric_name) as measurement_name,
        metric_value as measured_value,
        metric_unit as measured_unit,
        dimension_1,
        dimension_2,
        dimension_3,
        segment,
        cohort,
        a_b_test_variant,

        -- what it tells of the journey
        case
            when lower(metric_name) = 'stage_entered' then {{ stage_code('dimension_1') }}
        end as entered_stage_code,
        case
            when lower(metric_name) in ('journey_completed', 'journey_converted') then 'converted'
            when lower(metric_name) = 'journey_abandoned' then 'abandoned'
            when lower(metric_name) = 'journey_expired' then 'expired'
        end as told_outcome,

        -- timestamps
        event_timestamp as measurement_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from measurements

)

select * from final
