{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['event_key'],
    meta={'units': ['journey_key']},
) }}

with

events as (

    {{ latest_delivery(
        ref('stg_journey_events__customer_events'),
        'event_id',
        ['event_timestamp', 'session_id', 'device_id', 'customer_id', 'event_type'],
    ) }}

),

final as (

    select
        {{ surrogate_key(['event_id']) }} as event_key,
        case
            when journey_id is not null then {{ surrogate_key(['journey_id']) }}
        end as journey_key,
        case
            when customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'customer_id'
                ]) }}
        end as source_customer_key,
        case
            when session_id is not null then {{ surrogate_key(['session_id']) }}
        end as session_key,
        event_id,
        journey_id,
        journey_stage,
        event_type,
        event_category,
        lower(channel) as channel_code,
        event_value,
        event_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from events

)

select * from final
