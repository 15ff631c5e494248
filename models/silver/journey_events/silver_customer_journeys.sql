{# Made anew as a whole, since the build date and the definitions touch every row; what comes out
   as it was is left alone, so that readers see what changed. #}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['journey_key'],
    meta={
        'touched_by': {
            'journey_key': {
                'silver_journey_assertions': 'journey_key',
                'int_journeys__evidence': 'journey_key',
            },
        },
        'units': ['journey_key', 'source_customer_key', 'customer_key'],
    },
) }}

with

journeys as (select * from {{ ref('int_journeys__status') }}),

-- campaigns are known by name, instances name them by id
campaigns as (

    select
        campaign_id,
        min(campaign_key) as campaign_key
    from {{ ref('silver_campaign_costs') }}
    where campaign_id is not null
    group by campaign_id

),

final as (

    select

        -- keys
        journeys.journey_key,
        journeys.journey_instance_id,
        journeys.journey_id,
        journeys.journey_definition_key,
        journeys.source_customer_key,
        coalesce(identities.customer_key, journeys.source_customer_key) as customer_key,

        -- when
        cast(journeys.journey_start_timestamp as date) as journey_start_date,
        cast(journeys.journey_end_timestamp as date) as journey_end_date,
        journeys.journey_start_timestamp,
        journeys.journey_end_timestamp,
        cast({{ seconds_between(
            'journeys.journey_start_timestamp', 'journeys.journey_end_timestamp'
        ) }} / 86400 as decimal(10, 2)) as journey_duration_days,
        cast({{ seconds_between(
            'journeys.journey_start_timestamp', 'journeys.journey_end_timestamp'
        ) }} / 3600 as decimal(10, 2)) as journey_duration_hours,

        -- state
        journeys.journey_status,
        delivered.asserted_status,
        journeys.is_inferred,
        coalesce(journeys.expires_at < journeys.known_until, false) as is_matured,
        progress.current_stage_code as current_stage,
        delivered.asserted_stage_code as asserted_stage,
        progress.current_stage_hours as current_stage_duration_hours,
        progress.has_regressed,

        -- entry
        coalesce(delivered.entry_channel_code, evidence.first_channel_code) as entry_channel,
        coalesce(
            campaigns.campaign_key, evidence.first_campaign_key, -1
        ) as entry_campaign_key,

        -- what happened in it
        cast(coalesce(evidence.touchpoint_count, 0) as integer) as total_touchpoints,
        delivered.asserted_touchpoints,
        cast(coalesce(evidence.unreached_touchpoint_count, 0) as integer)
            as unreached_touchpoints,
        cast(coalesce(evidence.session_count, 0) as integer) as total_sessions,
        cast(coalesce(evidence.event_count, 0) as integer) as total_events,
        progress.stages_completed,
        delivered.asserted_stages_completed,
        progress.stages_total,
        cast(
            100.0 * least(progress.stages_completed, progress.stages_total)
            / nullif(progress.stages_total, 0) as decimal(5, 2)
        ) as completion_rate,
        delivered.asserted_progress,
        {{ as_json('evidence.channel_touchpoints') }} as channel_touchpoints,
        evidence.touchpoint_sequence,
        evidence.touchpoint_cost,

        -- what came of it
        journeys.journey_status = 'converted' as conversion_flag,
        case
            when journeys.journey_status = 'converted'
                then coalesce(delivered.conversion_value, evidence.shown_conversion_value)
        end as conversion_value,
        case
            when delivered.conversion_product is not null
                then {{ surrogate_key(['delivered.conversion_product']) }}
            else -1
        end as conversion_product_key,
        journeys.journey_status = 'abandoned' as abandonment_flag,
        case
            when journeys.journey_status = 'abandoned' then progress.current_stage_code
        end as abandonment_stage,
        delivered.abandonment_reason,
        journeys.journey_status = 'converted'
        or coalesce(progress.stages_completed >= progress.stages_total, false) as is_completed,
        delivered.engagement_score,
        delivered.satisfaction_score,

        -- how well what the source asserts agrees with what is shown
        compared.assertion_count,
        coalesce(compared.difference_count, 0) as difference_count,
        compared.is_status_different,
        compared.is_stage_different,
        compared.is_touchpoint_count_different,
        compared.is_stage_count_different,
        compared.is_progress_different,
        compared.agreement_pct as data_quality_score,

        -- of one row per instance, each holds since the instance began
        journeys.journey_start_timestamp as effective_from,
        timestamp '9999-12-31 00:00:00' as effective_to,
        true as is_current,
        coalesce(delivered.ingestion_timestamp, journeys.journey_start_timestamp)
            as created_timestamp,
        journeys.source_system,
        {{ batch_number() }} as derived_in_batch

    from journeys
    left join {{ ref('int_journeys__progress') }} as progress
        on journeys.journey_key = progress.journey_key
    left join {{ ref('silver_journey_assertions') }} as delivered
        on journeys.journey_key = delivered.journey_key
    left join {{ ref('int_journeys__evidence') }} as evidence
        on journeys.journey_key = evidence.journey_key
    left join {{ ref('silver_customer_identities') }} as identities
        on journeys.source_customer_key = identities.source_customer_key
    left join {{ ref('int_journeys__compared') }} as compared
        on journeys.journey_key = compared.journey_key
    left join campaigns on delivered.entry_campaign = campaigns.campaign_id

)

select * from final
