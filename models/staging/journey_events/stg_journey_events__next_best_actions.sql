{% set typed_fields = [
    'recommendation_rank', 'recommendation_score', 'predicted_conversion_probability',
    'predicted_value', 'predicted_response_time', 'action_taken_flag', 'actual_value',
    'recommendation_effectiveness', 'context', 'model_features', 'alternative_actions',
    'recommendation_attributes', 'raw_payload', 'recommendation_timestamp', 'recommended_timing',
    'action_taken_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'next_best_actions') }}

),

typed as (

    select

        -- ids
        {{ clean_text('recommendation_id') }} as recommendation_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('journey_instance_id') }} as journey_instance_id,
        {{ clean_text('recommended_offer_id') }} as recommended_offer_id,

        -- the recommendation
        {{ clean_text('recommended_action_type') }} as recommended_action_type,
        {{ clean_text('recommended_action') }} as recommended_action,
        {{ clean_text('recommended_channel') }} as recommended_channel,
        {{ clean_text('recommended_content') }} as recommended_content,
        {{ within(as_integer('recommendation_rank'), 0, 10000) }} as recommendation_rank,

        -- the model
        {{ clean_text('recommendation_model') }} as recommendation_model,
        {{ clean_text('model_version') }} as model_version,
        {{ within('try_cast(recommendation_score as decimal(5, 2))', 0, 100) }}
            as recommendation_score,
        {{ within('try_cast(predicted_conversion_probability as decimal(5, 4))', 0, 1) }}
            as predicted_conversion_probability,
        try_cast(predicted_value as decimal(18, 2)) as predicted_value,
        {{ within(as_integer('predicted_response_time'), 0, 52560000) }} as predicted_response_time,

        -- what came of it
        try_cast(action_taken_flag as boolean) as action_taken_flag,
        {{ clean_text('actual_outcome') }} as actual_outcome,
        try_cast(actual_value as decimal(18, 2)) as actual_value,
        {{ within('try_cast(recommendation_effectiveness as decimal(5, 2))', 0, 100) }}
            as recommendation_effectiveness,

        -- payloads
        {{ as_json('context') }} as context,
        {{ as_json('model_features') }} as model_features,
        {{ as_array('alternative_actions', 'json') }} as alternative_actions,
        {{ as_json('recommendation_attributes') }} as recommendation_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('recommendation_timestamp') }} as recommendation_timestamp,
        {{ utc_timestamp('recommended_timing') }} as recommended_timing,
        {{ utc_timestamp('action_taken_timestamp') }} as action_taken_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        recommendation_timestamp as delivered_timestamp,
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
        {{ rejection_reason('recommendation_id', 'recommendation_timestamp') }} as rejection_reason
    from checked

)

select * from final
