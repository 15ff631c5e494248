{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['touchpoint_key'],
    meta={'units': ['source_customer_key', 'journey_key', 'campaign_key']},
) }}

with

touchpoints as (

    {{ latest_delivery(
        ref('stg_journey_events__touchpoints'),
        'touchpoint_id',
        [
            'touchpoint_timestamp', 'customer_id', 'channel', 'delivery_status', 'cost',
            'open_timestamp', 'click_timestamp', 'conversion_timestamp', 'conversion_value',
        ],
    ) }}

),

channels as (select * from {{ ref('touchpoint_channels') }}),

-- what the sender says: a status that nobody knows says nothing
told as (

    select
        touchpoints.*,
        lower(touchpoints.channel) as channel_code,
        coalesce(channels.channel_name, 'Unassigned') as channel_name,
        channels.arrival_channel_name,
        coalesce(channels.is_message, false) as is_message,
        case
            when lower(touchpoints.delivery_status) in ('holdout', 'control', 'withheld')
                then 'held_out'
            when lower(touchpoints.delivery_status) in ('bounced', 'failed', 'undelivered', 'rejected')
                then 'bounced'
            when
                lower(touchpoints.delivery_status) in ('delivered', 'sent', 'shown')
                or touchpoints.delivery_timestamp is not null
                then 'delivered'
            when touchpoints.delivery_status is null then 'unknown'
            else 'other'
        end as outcome,
        coalesce(touchpoints.opened_flag, touchpoints.open_timestamp is not null) as is_opened,
        coalesce(touchpoints.clicked_flag, touchpoints.click_timestamp is not null) as is_clicked,
        coalesce(touchpoints.converted_flag, touchpoints.conversion_timestamp is not null)
            as is_converted,
        coalesce(touchpoints.delivery_timestamp, touchpoints.touchpoint_timestamp) as arrived_at
    from touchpoints
    left join channels on lower(touchpoints.channel) = channels.channel_code

),

-- programs that look at mail before its reader does are at it within seconds
judged as (

    select
        *,
        is_message and is_opened and coalesce(
            {{ seconds_between('arrived_at', 'open_timestamp') }}
            < {{ var("machine_response_seconds") }}, false
        ) as is_machine_open,
        is_message and is_clicked and coalesce(
            {{ seconds_between('arrived_at', 'click_timestamp') }}
            < {{ var("machine_response_seconds") }}, false
        ) as is_bot_click
    from told

),

final as (

    select

        -- keys
        {{ surrogate_key(['touchpoint_id']) }} as touchpoint_key,
        case
            when journey_instance_id is not null
                then {{ surrogate_key(['journey_instance_id']) }}
        end as journey_key,
        case
            when customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'customer_id'
                ]) }}
        end as source_customer_key,
        {{ surrogate_key(['channel_name']) }} as channel_key,
        {{ surrogate_key(['lower(coalesce(campaign_name, campaign_id))']) }} as campaign_key,

        -- ids
        touchpoint_id,
        journey_instance_id,
        '{{ var("default_source_system") }}' as source_system,
        customer_id,
        device_id,
        content_id,
        offer_id,

        -- what
        lower(touchpoint_type) as touchpoint_type,
        lower(touchpoint_category) as touchpoint_category,
        touchpoint_name,
        channel_code,
        channel_name,
        arrival_channel_name,
        is_message,
        coalesce(campaign_name, campaign_id) as campaign_name,
        content_type,
        content_variant,
        coalesce(personalized_flag, false) as is_personalized,
        offer_type,
        lower(delivery_status) as delivery_status,

        -- what came of it
        outcome = 'held_out' as is_held_out,
        outcome = 'bounced' as is_bounced,
        outcome = 'delivered' as is_delivered,
        -- without a word of the sender it is taken to have reached the person
        outcome in ('delivered', 'unknown') as is_touch,
        is_opened,
        is_clicked,
        is_converted,
        is_machine_open,
        is_bot_click,

        -- measures
        offer_value,
        conversion_value,
        engagement_duration_seconds,
        engagement_score,
        response_time_minutes as told_response_minutes,
        cost,

        -- timestamps
        touchpoint_timestamp,
        delivery_timestamp,
        open_timestamp,
        click_timestamp,
        conversion_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from judged

)

select * from final
