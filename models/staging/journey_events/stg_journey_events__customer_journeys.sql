{% set typed_fields = [
    'total_touchpoints', 'stages_completed', 'stages_total', 'progress_percentage',
    'time_in_journey_minutes', 'touchpoint_sequence', 'channel_mix', 'engagement_score',
    'satisfaction_score', 'conversion_flag', 'conversion_value', 'abandonment_flag',
    'journey_attributes', 'raw_payload', 'journey_start_timestamp', 'journey_end_timestamp',
    'current_stage_since', 'conversion_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'customer_journeys') }}

),

typed as (

    select

        -- ids
        {{ clean_text('journey_instance_id') }} as journey_instance_id,
        {{ clean_text('journey_definition_id') }} as journey_definition_id,
        {{ clean_text('customer_id') }} as customer_id,

        -- state
        {{ clean_text('journey_status') }} as journey_status,
        {{ clean_text('current_stage') }} as current_stage,

        -- entry
        {{ clean_text('entry_channel') }} as entry_channel,
        {{ clean_text('entry_campaign') }} as entry_campaign,
        {{ clean_text('entry_touchpoint') }} as entry_touchpoint,

        -- progress
        {{ within(as_integer('total_touchpoints'), 0, 1000000) }} as total_touchpoints,
        {{ within(as_integer('stages_completed'), 0, 1000) }} as stages_completed,
        {{ within(as_integer('stages_total'), 0, 1000) }} as stages_total,
        {{ within('try_cast(progress_percentage as decimal(5, 2))', 0, 100) }}
            as progress_percentage,
        {{ within(as_integer('time_in_journey_minutes'), 0, 52560000) }} as time_in_journey_minutes,
        {{ as_array('touchpoint_sequence', 'json') }} as touchpoint_sequence,
        {{ as_json('channel_mix') }} as channel_mix,
        {{ within('try_cast(engagement_score as decimal(5, 2))', 0, 100) }} as engagement_score,
        {{ within(as_integer('satisfaction_score'), 0, 10) }} as satisfaction_score,

        -- conversion
        try_cast(conversion_flag as boolean) as conversion_flag,
        try_cast(conversion_value as decimal(18, 2)) as conversion_value,
        {{ clean_text('conversion_product') }} as conversion_product,

        -- abandonment
        try_cast(abandonment_flag as boolean) as abandonment_flag,
        {{ clean_text('abandonment_stage') }} as abandonment_stage,
        {{ clean_text('abandonment_reason') }} as abandonment_reason,

        -- payloads
        {{ as_json('journey_attributes') }} as journey_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('journey_start_timestamp') }} as journey_start_timestamp,
        {{ utc_timestamp('journey_end_timestamp') }} as journey_end_timestamp,
        {{ utc_timestamp('current_stage_since') }} as current_stage_since,
        {{ utc_timestamp('conversion_timestamp') }} as conversion_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        journey_start_timestamp as delivered_timestamp,
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
        {{ rejection_reason(
            'journey_instance_id', 'journey_start_timestamp',
            'journey_start_timestamp', 'journey_end_timestamp'
        ) }} as rejection_reason
    from checked

)

select * from final
