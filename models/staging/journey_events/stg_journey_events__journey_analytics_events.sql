{% set typed_fields = [
    'metric_value', 'event_date', 'event_attributes', 'raw_payload', 'event_timestamp',
    'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'journey_analytics_events') }}

),

typed as (

    select

        -- ids
        {{ clean_text('analytics_event_id') }} as analytics_event_id,
        {{ clean_text('journey_definition_id') }} as journey_definition_id,
        {{ clean_text('journey_instance_id') }} as journey_instance_id,
        {{ clean_text('customer_id') }} as customer_id,

        -- the figure
        {{ clean_text('metric_type') }} as metric_type,
        {{ clean_text('metric_name') }} as metric_name,
        try_cast(metric_value as decimal(18, 6)) as metric_value,
        {{ clean_text('metric_unit') }} as metric_unit,
        try_cast(event_date as date) as event_date,

        -- cut by
        {{ clean_text('dimension_1') }} as dimension_1,
        {{ clean_text('dimension_2') }} as dimension_2,
        {{ clean_text('dimension_3') }} as dimension_3,
        {{ clean_text('segment') }} as segment,
        {{ clean_text('cohort') }} as cohort,
        {{ clean_text('a_b_test_variant') }} as a_b_test_variant,

        -- payloads
        {{ as_json('event_attributes') }} as event_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('event_timestamp') }} as event_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        event_timestamp as delivered_timestamp,
        {{ raw_fields(typed_fields) }} as raw,
        {{ whole_row('source') }} as delivered_row

    from source

),

checked as (

    select
        *,
        {{ nulled_columns(typed_fields) }} as nulled_columns
    from typed

),

final as (

    select
        *,
        {{ rejection_reason('analytics_event_id', 'event_timestamp') }} as rejection_reason
    from checked

)

select * from final
