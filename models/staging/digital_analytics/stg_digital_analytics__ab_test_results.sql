{% set typed_fields = [
    'metric_value', 'conversion_flag', 'conversion_value', 'time_to_outcome_minutes',
    'result_attributes', 'raw_payload', 'result_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'ab_test_results') }}

),

typed as (

    select

        -- ids
        {{ clean_text('result_id') }} as result_id,
        {{ clean_text('experiment_id') }} as experiment_id,
        {{ clean_text('variant_id') }} as variant_id,
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('session_id') }} as session_id,
        coalesce({{ clean_text('source_system') }}, '{{ var("default_source_system") }}')
            as source_system,

        -- the outcome
        {{ clean_text('metric_name') }} as metric_name,
        try_cast(metric_value as decimal(18, 6)) as metric_value,
        {{ clean_text('metric_unit') }} as metric_unit,
        try_cast(conversion_flag as boolean) as conversion_flag,
        try_cast(conversion_value as decimal(18, 2)) as conversion_value,
        {{ within(as_integer('time_to_outcome_minutes'), 0, 52560000) }} as time_to_outcome_minutes,

        -- payloads
        {{ as_json('result_attributes') }} as result_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('result_timestamp') }} as result_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        result_timestamp as delivered_timestamp,
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
        {{ rejection_reason('result_id', 'result_timestamp') }} as rejection_reason
    from checked

)

select * from final
