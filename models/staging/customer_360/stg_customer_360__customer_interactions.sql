{% set typed_fields = [
    'interaction_duration_seconds', 'sentiment_score', 'satisfaction_score', 'nps_score',
    'resolution_flag', 'escalation_flag', 'follow_up_required', 'interaction_attributes',
    'raw_payload', 'interaction_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'customer_interactions') }}

),

typed as (

    select

        -- ids
        {{ clean_text('interaction_id') }} as interaction_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('agent_id') }} as agent_id,
        {{ clean_text('device_id') }} as device_id,
        {{ clean_text('session_id') }} as session_id,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('offer_id') }} as offer_id,

        -- what it was
        {{ clean_text('interaction_type') }} as interaction_type,
        {{ clean_text('interaction_category') }} as interaction_category,
        {{ clean_text('channel') }} as channel,
        {{ clean_text('channel_detail') }} as channel_detail,
        {{ clean_text('interaction_direction') }} as interaction_direction,
        {{ clean_text('interaction_outcome') }} as interaction_outcome,
        {{ clean_text('department') }} as department,
        {{ clean_text('location') }} as location,
        {{ clean_text('product_discussed') }} as product_discussed,

        -- measures
        {{ within(as_integer('interaction_duration_seconds'), 0, 86400) }}
            as interaction_duration_seconds,
        {{ clean_text('sentiment') }} as sentiment,
        {{ within('try_cast(sentiment_score as decimal(5, 2))', -100, 100) }} as sentiment_score,
        {{ within(as_integer('satisfaction_score'), 0, 10) }} as satisfaction_score,
        {{ within(as_integer('nps_score'), 0, 10) }} as nps_score,

        -- flags
        try_cast(resolution_flag as boolean) as resolution_flag,
        try_cast(escalation_flag as boolean) as escalation_flag,
        try_cast(follow_up_required as boolean) as follow_up_required,

        -- free text
        {{ clean_text('notes') }} as notes,

        -- payloads
        {{ as_json('interaction_attributes') }} as interaction_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('interaction_timestamp') }} as interaction_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        interaction_timestamp as delivered_timestamp,
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
        {{ rejection_reason('interaction_id', 'interaction_timestamp') }} as rejection_reason
    from checked

)

select * from final
