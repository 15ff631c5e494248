{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['event_key'],
    meta={'units': ['event_key']},
) }}

-- When an event came first. It counts by its last delivery, but is not late for being repeated.
with

accepted as (

    select
        event_id,
        ingestion_timestamp
    from {{ ref('stg_journey_events__customer_events') }}
    where rejection_reason is null and ingestion_timestamp is not null

),

deliveries as (

    select
        event_id,
        min(ingestion_timestamp) as first_ingestion_timestamp,
        max(ingestion_timestamp) as ingestion_timestamp
    from accepted
    {% if is_incremental() %}
        where {{ new_deliveries(ref('stg_journey_events__customer_events'), 'event_id') }}
    {% endif %}
    group by event_id

),

final as (

    select
        {{ surrogate_key(['deliveries.event_id']) }} as event_key,
        deliveries.event_id,
        {% if is_incremental() %}
            least(known.first_ingestion_timestamp, deliveries.first_ingestion_timestamp)
                as first_ingestion_timestamp,
        {% else %}
            deliveries.first_ingestion_timestamp,
        {% endif %}
        deliveries.ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from deliveries
    {% if is_incremental() %}
        left join {{ this }} as known on deliveries.event_id = known.event_id
    {% endif %}

)

select * from final
