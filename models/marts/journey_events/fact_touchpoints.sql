{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['touchpoint_key'],
    meta={'touched_by': {'touchpoint_key': {'silver_touchpoints': 'touchpoint_key'}}},
) }}

select

    -- keys
    touchpoint_key,
    {{ date_key('touchpoint_timestamp') }} as touchpoint_date_key,
    customer_key,
    journey_key,
    session_key,
    touchpoint_type_key,
    channel_key,
    campaign_key,
    content_key,
    offer_key,

    -- when and which
    touchpoint_timestamp,
    touchpoint_sequence_in_journey as touchpoint_sequence,
    touchpoint_sequence_in_session,
    touchpoint_category,
    personalized_flag,

    -- what became of it
    customer_key is not null and not (is_held_out or is_bounced) as is_contact,
    is_held_out,
    is_bounced,
    delivery_successful_flag as delivered_flag,
    opened_flag,
    clicked_flag,
    converted_flag,
    is_message,
    is_machine_open,
    is_bot_click,

    -- measures
    conversion_value,
    engagement_duration_seconds,
    engagement_score,
    response_time_minutes,
    cost,
    attributed_conversions,
    attributed_revenue,
    case when is_held_out then 0 else 1 end as touchpoint_count

from {{ ref('silver_touchpoints') }}
{% if is_incremental() %}
    where touchpoint_key in ({{ touched('touchpoint_key') }})
{% endif %}
