{% set typed_fields = [
    'event_date', 'geolocation', 'event_value', 'touchpoint_sequence',
    'time_since_previous_event_ms', 'event_properties', 'raw_payload', 'event_timestamp',
    'server_timestamp', 'client_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'customer_events') }}

),

typed as (

    select

        -- ids
        {{ clean_text('event_id') }} as event_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('session_id') }} as session_id,
        {{ clean_text('device_id') }} as device_id,
        {{ clean_text('product_id') }} as product_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('transaction_id') }} as transaction_id,
        {{ clean_text('journey_id') }} as journey_id,
        {{ clean_text('previous_event_id') }} as previous_event_id,

        -- the event
        {{ clean_text('event_type') }} as event_type,
        {{ clean_text('event_category') }} as event_category,
        {{ clean_text('event_name') }} as event_name,
        try_cast(event_date as date) as event_date,
        {{ clean_text('product_category') }} as product_category,
        {{ clean_text('journey_stage') }} as journey_stage,

        -- where
        {{ clean_text('channel') }} as channel,
        {{ clean_text('platform') }} as platform,
        {{ clean_text('user_agent') }} as user_agent,
        {{ clean_text('ip_address') }} as ip_address,
        {{ as_json('geolocation') }} as geolocation,
        {{ clean_text('page_url') }} as page_url,

        -- where the visitor came from
        {{ clean_text('referrer_url') }} as referrer_url,
        {{ clean_text('utm_source') }} as utm_source,
        {{ clean_text('utm_medium') }} as utm_medium,
        {{ clean_text('utm_campaign') }} as utm_campaign,
        {{ clean_text('utm_content') }} as utm_content,
        {{ clean_text('utm_term') }} as utm_term,

        -- measures
        try_cast(event_value as decimal(18, 2)) as event_value,
        {{ within(as_integer('touchpoint_sequence'), 0, 1000000) }} as touchpoint_sequence,
        {{ within(as_integer('time_since_previous_event_ms'), 0, 2147483647) }}
            as time_since_previous_event_ms,

        -- payloads
        {{ as_json('event_properties') }} as event_properties,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('event_timestamp') }} as event_timestamp,
        {{ utc_timestamp('server_timestamp') }} as server_timestamp,
        {{ utc_timestamp('client_timestamp') }} as client_timestamp,
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
        {{ rejection_reason('event_id', 'event_timestamp') }} as rejection_reason
    from checked

)

select * from final
