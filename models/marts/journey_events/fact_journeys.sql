with

journeys as (select * from {{ ref('silver_customer_journeys') }}),

channels as (select * from {{ ref('touchpoint_channels') }}),

products as (select * from {{ ref('dim_product') }}),

calendar as (select * from {{ ref('dim_date') }}),

stages as (select * from {{ ref('journey_stages') }}),

final as (

    select

        -- keys
        journeys.journey_key,
        {{ date_key('journeys.journey_start_timestamp') }} as journey_start_date_key,
        calendar.date_key as journey_end_date_key,
        journeys.customer_key,
        journeys.journey_definition_key,
        {{ surrogate_key(["coalesce(channels.channel_name, 'Unassigned')"]) }}
            as entry_channel_key,
        journeys.entry_campaign_key,
        coalesce(products.product_key, -1) as conversion_product_key,
        {{ surrogate_key(['journeys.current_stage']) }} as current_stage_key,

        -- attributes
        journeys.journey_instance_id,
        journeys.journey_id,
        journeys.journey_status,
        journeys.is_inferred,
        journeys.is_matured,
        journeys.entry_channel as entry_channel_code,
        coalesce(stages.stage_category, 'other') as current_stage_category,
        journeys.conversion_flag,
        journeys.abandonment_flag,
        journeys.abandonment_reason,
        journeys.is_completed,
        journeys.has_regressed,
        journeys.assertion_count > 0 as is_compared,
        journeys.difference_count > 0 as is_different,

        -- measures
        journeys.journey_duration_hours,
        journeys.journey_duration_days,
        journeys.total_touchpoints,
        journeys.total_sessions,
        journeys.total_events,
        journeys.stages_completed,
        journeys.stages_total,
        journeys.completion_rate,
        journeys.conversion_value,
        journeys.touchpoint_cost,
        journeys.engagement_score,
        journeys.satisfaction_score,
        journeys.difference_count,
        1 as journey_count,

        -- timestamps
        journeys.journey_start_timestamp,
        journeys.journey_end_timestamp

    from journeys
    left join channels on journeys.entry_channel = channels.channel_code
    left join products on journeys.conversion_product_key = products.product_key
    -- an end that the source puts beyond the calendar is nobody's day
    left join calendar on cast(journeys.journey_end_timestamp as date) = calendar.date_day
    left join stages on journeys.current_stage = stages.stage_code

)

select * from final
