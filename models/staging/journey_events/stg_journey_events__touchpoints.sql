{% set typed_fields = [
    'location', 'personalized_flag', 'offer_value', 'opened_flag', 'clicked_flag',
    'converted_flag', 'conversion_value', 'engagement_duration_seconds', 'engagement_score',
    'response_time_minutes', 'cost', 'touchpoint_attributes', 'raw_payload',
    'touchpoint_timestamp', 'delivery_timestamp', 'open_timestamp', 'click_timestamp',
    'conversion_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'touchpoints') }}

),

typed as (

    select

        -- ids
        {{ clean_text('touchpoint_id') }} as touchpoint_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('journey_instance_id') }} as journey_instance_id,
        {{ clean_text('content_id') }} as content_id,
        {{ clean_text('offer_id') }} as offer_id,
        {{ clean_text('message_id') }} as message_id,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('device_id') }} as device_id,

        -- what it was
        {{ clean_text('touchpoint_type') }} as touchpoint_type,
        {{ clean_text('touchpoint_category') }} as touchpoint_category,
        {{ clean_text('channel') }} as channel,
        {{ clean_text('touchpoint_name') }} as touchpoint_name,
        {{ clean_text('campaign_name') }} as campaign_name,
        {{ clean_text('message_subject') }} as message_subject,
        {{ clean_text('device_type') }} as device_type,
        {{ as_json('location') }} as location,

        -- content
        {{ clean_text('content_type') }} as content_type,
        {{ clean_text('content_variant') }} as content_variant,
        try_cast(personalized_flag as boolean) as personalized_flag,
        {{ clean_text('personalization_strategy') }} as personalization_strategy,
        {{ clean_text('offer_type') }} as offer_type,
        try_cast(offer_value as decimal(18, 2)) as offer_value,

        -- response
        {{ clean_text('delivery_status') }} as delivery_status,
        try_cast(opened_flag as boolean) as opened_flag,
        try_cast(clicked_flag as boolean) as clicked_flag,
        try_cast(converted_flag as boolean) as converted_flag,

        -- measures
        try_cast(conversion_value as decimal(18, 2)) as conversion_value,
        {{ within(as_integer('engagement_duration_seconds'), 0, 86400) }}
            as engagement_duration_seconds,
        {{ within('try_cast(engagement_score as decimal(5, 2))', 0, 100) }} as engagement_score,
        {{ within(as_integer('response_time_minutes'), 0, 52560000) }} as response_time_minutes,
        try_cast(cost as decimal(10, 2)) as cost,

        -- payloads
        {{ as_json('touchpoint_attributes') }} as touchpoint_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('touchpoint_timestamp') }} as touchpoint_timestamp,
        {{ utc_timestamp('delivery_timestamp') }} as delivery_timestamp,
        {{ utc_timestamp('open_timestamp') }} as open_timestamp,
        {{ utc_timestamp('click_timestamp') }} as click_timestamp,
        {{ utc_timestamp('conversion_timestamp') }} as conversion_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        touchpoint_timestamp as delivered_timestamp,
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
        {{ rejection_reason('touchpoint_id', 'touchpoint_timestamp') }} as rejection_reason
    from checked

)

select * from final
