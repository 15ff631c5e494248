{% set typed_fields = [
    'usage_count', 'usage_duration_seconds', 'first_use_flag', 'successful_use_flag', 'error_flag',
    'usage_attributes', 'raw_payload', 'usage_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'feature_usage') }}

),

typed as (

    select

        -- ids
        {{ clean_text('usage_id') }} as usage_id,
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('session_id') }} as session_id,
        {{ clean_text('feature_id') }} as feature_id,
        coalesce({{ clean_text('source_system') }}, '{{ var("default_source_system") }}')
            as source_system,

        -- the feature
        {{ clean_text('feature_name') }} as feature_name,
        {{ clean_text('feature_category') }} as feature_category,
        {{ clean_text('feature_version') }} as feature_version,
        {{ clean_text('platform') }} as platform,

        -- the use
        {{ clean_text('usage_type') }} as usage_type,
        {{ within(as_integer('usage_count'), 0, 1000000) }} as usage_count,
        {{ within(as_integer('usage_duration_seconds'), 0, 86400) }} as usage_duration_seconds,
        try_cast(first_use_flag as boolean) as first_use_flag,
        try_cast(successful_use_flag as boolean) as successful_use_flag,
        try_cast(error_flag as boolean) as error_flag,
        {{ clean_text('error_message') }} as error_message,

        -- payloads
        {{ as_json('usage_attributes') }} as usage_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('usage_timestamp') }} as usage_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        usage_timestamp as delivered_timestamp,
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
        {{ rejection_reason('usage_id', 'usage_timestamp') }} as rejection_reason
    from checked

)

select * from final
