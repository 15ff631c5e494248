{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['touchpoint_key'],
    meta={
        'units': ['campaign_cost_key'],
    },
) }}

with

touchpoints as (

    {{ latest_delivery(
        ref('stg_journey_events__touchpoints'),
        'touchpoint_id',
        ['touchpoint_timestamp', 'customer_id', 'cost'],
    ) }}

),

final as (

    select
        {{ surrogate_key(['touchpoint_id']) }} as touchpoint_key,
        {{ surrogate_key([
            'cast(touchpoint_timestamp as date)', 'campaign_id', 'campaign_name', 'channel'
        ]) }} as campaign_cost_key,
        cast(touchpoint_timestamp as date) as cost_date,
        campaign_id,
        campaign_name,
        channel,
        delivery_status,
        cost,
        ingestion_timestamp,
        touchpoint_id,
        {{ batch_number() }} as derived_in_batch
    from touchpoints

)

select * from final
