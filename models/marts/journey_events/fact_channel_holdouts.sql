{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['channel_journey_key'],
    meta={'touched_by': {'journey_key': {
        'silver_touchpoints': 'journey_key',
        'silver_customer_journeys': 'journey_key',
    }}},
) }}

-- Whoever is in a channel's control group gets nothing at the moments at which others get it: of
-- all there is, comparing the two comes nearest to what the channel causes.
with

journeys as (

    select * from {{ ref('silver_customer_journeys') }}
    -- of an inferred one nobody told how it ended
    where
        not is_inferred
        {% if is_incremental() %}
            and journey_key in ({{ touched('journey_key') }})
        {% endif %}

),

touches as (

    select
        journey_key,
        channel_key,
        min(customer_key) as touched_customer_key,
        bool_or(is_held_out) as is_held_out,
        bool_or(not (is_held_out or is_bounced)) as is_reached
    from {{ ref('silver_touchpoints') }}
    where
        journey_key is not null
        {% if is_incremental() %}
            and journey_key in ({{ touched('journey_key') }})
        {% endif %}
    group by journey_key, channel_key

),

final as (

    select
        {{ surrogate_key(['touches.journey_key', 'touches.channel_key']) }} as channel_journey_key,
        touches.journey_key,
        touches.channel_key,
        {{ date_key('journeys.journey_start_timestamp') }} as journey_start_date_key,
        coalesce(journeys.customer_key, touches.touched_customer_key) as customer_key,
        case
            when touches.is_reached and touches.is_held_out then 'both'
            when touches.is_reached then 'reached'
            else 'held_out'
        end as holdout_arm,
        journeys.is_matured,
        journeys.conversion_flag,
        1 as journey_count,
        case when journeys.conversion_flag then 1 else 0 end as conversion_count,
        cast(coalesce(journeys.conversion_value, 0) as decimal(18, 2)) as conversion_value,
        journeys.journey_start_timestamp
    from touches
    inner join journeys on touches.journey_key = journeys.journey_key
    where touches.is_reached or touches.is_held_out

)

select * from final
