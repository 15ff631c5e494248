{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['journey_key'],
    meta={'units': ['journey_key', 'source_customer_key']},
) }}

with

journeys as (

    {{ latest_delivery(
        ref('stg_journey_events__customer_journeys'),
        'journey_instance_id',
        [
            'journey_end_timestamp', 'journey_start_timestamp', 'customer_id', 'journey_status',
            'current_stage', 'current_stage_since', 'journey_definition_id', 'conversion_timestamp',
            'conversion_value', 'total_touchpoints', 'stages_completed', 'progress_percentage',
        ],
    ) }}

),

final as (

    select

        -- keys
        {{ surrogate_key(['journey_instance_id']) }} as journey_key,
        case
            when customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'customer_id'
                ]) }}
        end as source_customer_key,

        -- ids
        journey_instance_id,
        journey_definition_id,
        '{{ var("default_source_system") }}' as source_system,
        customer_id,

        -- what the source says became of it, in our words; null for a word that nobody knows
        case
            when lower(journey_status) in ('completed', 'converted', 'success') then 'converted'
            when lower(journey_status) in ('abandoned', 'exited', 'cancelled') then 'abandoned'
            when lower(journey_status) in ('expired', 'timed_out') then 'expired'
            when lower(journey_status) in ('active', 'in_progress') then 'active'
            when lower(journey_status) in ('entered', 'started') then 'entered'
        end as asserted_status,
        {{ stage_code('current_stage') }} as asserted_stage_code,
        total_touchpoints as asserted_touchpoints,
        stages_completed as asserted_stages_completed,
        stages_total as asserted_stages_total,
        progress_percentage as asserted_progress,
        conversion_flag,
        conversion_value,
        conversion_product,
        abandonment_flag,
        {{ stage_code('abandonment_stage') }} as asserted_abandonment_stage_code,
        abandonment_reason,
        engagement_score,
        satisfaction_score,

        -- how it began
        lower(entry_channel) as entry_channel_code,
        entry_campaign,
        entry_touchpoint,

        -- timestamps
        journey_start_timestamp,
        journey_end_timestamp,
        current_stage_since,
        conversion_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from journeys

)

select * from final
