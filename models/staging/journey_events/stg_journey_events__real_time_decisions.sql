{% set typed_fields = [
    'decision_score', 'decision_confidence', 'decision_latency_ms', 'business_rules_applied',
    'decision_factors', 'alternative_decisions', 'override_flag', 'execution_flag',
    'decision_effectiveness', 'decision_context', 'decision_request', 'decision_response',
    'decision_attributes', 'raw_payload', 'decision_timestamp', 'execution_timestamp',
    'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'real_time_decisions') }}

),

typed as (

    select

        -- ids
        {{ clean_text('decision_id') }} as decision_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('session_id') }} as session_id,

        -- the decision
        {{ clean_text('decision_type') }} as decision_type,
        {{ clean_text('decision_point') }} as decision_point,
        {{ clean_text('trigger_event') }} as trigger_event,
        {{ clean_text('decision_made') }} as decision_made,
        {{ within('try_cast(decision_score as decimal(5, 2))', 0, 100) }} as decision_score,
        {{ within('try_cast(decision_confidence as decimal(5, 2))', 0, 100) }}
            as decision_confidence,
        {{ within(as_integer('decision_latency_ms'), 0, 3600000) }} as decision_latency_ms,

        -- how it was made
        {{ clean_text('decision_model') }} as decision_model,
        {{ clean_text('model_version') }} as model_version,
        {{ as_array('business_rules_applied') }} as business_rules_applied,
        {{ as_array('decision_factors') }} as decision_factors,
        {{ as_array('alternative_decisions', 'json') }} as alternative_decisions,
        try_cast(override_flag as boolean) as override_flag,
        {{ clean_text('override_reason') }} as override_reason,

        -- what came of it
        try_cast(execution_flag as boolean) as execution_flag,
        {{ clean_text('execution_outcome') }} as execution_outcome,
        {{ within('try_cast(decision_effectiveness as decimal(5, 2))', 0, 100) }}
            as decision_effectiveness,

        -- payloads
        {{ as_json('decision_context') }} as decision_context,
        {{ as_json('decision_request') }} as decision_request,
        {{ as_json('decision_response') }} as decision_response,
        {{ as_json('decision_attributes') }} as decision_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('decision_timestamp') }} as decision_timestamp,
        {{ utc_timestamp('execution_timestamp') }} as execution_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        decision_timestamp as delivered_timestamp,
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
        {{ rejection_reason('decision_id', 'decision_timestamp') }} as rejection_reason
    from checked

)

select * from final
