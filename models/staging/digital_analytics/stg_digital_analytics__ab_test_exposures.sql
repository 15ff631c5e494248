{% set typed_fields = [
    'control_group_flag', 'exposure_count', 'exposure_attributes', 'raw_payload',
    'exposure_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'ab_test_exposures') }}

),

typed as (

    select

        -- ids
        {{ clean_text('exposure_id') }} as exposure_id,
        {{ clean_text('experiment_id') }} as experiment_id,
        {{ clean_text('variant_id') }} as variant_id,
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('session_id') }} as session_id,
        coalesce({{ clean_text('source_system') }}, '{{ var("default_source_system") }}')
            as source_system,

        -- the experiment
        {{ clean_text('experiment_name') }} as experiment_name,
        {{ clean_text('variant_name') }} as variant_name,
        try_cast(control_group_flag as boolean) as control_group_flag,
        {{ clean_text('assignment_method') }} as assignment_method,

        -- where
        {{ clean_text('platform') }} as platform,
        {{ clean_text('device_type') }} as device_type,

        -- measures
        {{ within(as_integer('exposure_count'), 0, 1000000) }} as exposure_count,

        -- payloads
        {{ as_json('exposure_attributes') }} as exposure_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('exposure_timestamp') }} as exposure_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        exposure_timestamp as delivered_timestamp,
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
        {{ rejection_reason('exposure_id', 'exposure_timestamp') }} as rejection_reason
    from checked

)

select * from final
