{% set typed_fields = [
    'quantity', 'conversion_value', 'touchpoints_to_conversion', 'time_to_conversion_minutes',
    'conversion_path', 'conversion_attributes', 'raw_payload', 'conversion_timestamp',
    'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'conversion_events') }}

),

typed as (

    select

        -- ids
        {{ clean_text('conversion_id') }} as conversion_id,
        {{ clean_text('session_id') }} as session_id,
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('goal_id') }} as goal_id,
        {{ clean_text('product_id') }} as product_id,
        {{ clean_text('campaign_id') }} as campaign_id,
        coalesce({{ clean_text('source_system') }}, '{{ var("default_source_system") }}')
            as source_system,

        -- the conversion
        {{ clean_text('conversion_type') }} as conversion_type,
        {{ clean_text('conversion_name') }} as conversion_name,
        {{ clean_text('conversion_category') }} as conversion_category,
        {{ clean_text('goal_name') }} as goal_name,
        {{ clean_text('channel') }} as channel,

        -- product
        {{ clean_text('product_name') }} as product_name,
        {{ clean_text('product_category') }} as product_category,
        {{ within(as_integer('quantity'), 0, 1000000) }} as quantity,
        try_cast(conversion_value as decimal(18, 2)) as conversion_value,
        {{ clean_text('conversion_currency') }} as conversion_currency,

        -- where
        {{ clean_text('page_url') }} as page_url,
        {{ clean_text('screen_name') }} as screen_name,
        {{ clean_text('platform') }} as platform,

        -- the way to it
        {{ within(as_integer('touchpoints_to_conversion'), 0, 1000000) }}
            as touchpoints_to_conversion,
        {{ within(as_integer('time_to_conversion_minutes'), 0, 52560000) }}
            as time_to_conversion_minutes,
        {{ as_array('conversion_path') }} as conversion_path,

        -- payloads
        {{ as_json('conversion_attributes') }} as conversion_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('conversion_timestamp') }} as conversion_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        conversion_timestamp as delivered_timestamp,
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
        {{ rejection_reason('conversion_id', 'conversion_timestamp') }} as rejection_reason
    from checked

)

select * from final
