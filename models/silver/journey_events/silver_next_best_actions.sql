{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['recommendation_key'],
    meta={'units': ['source_customer_key']},
) }}

with

recommendations as (

    {{ latest_delivery(
        ref('stg_journey_events__next_best_actions'),
        'recommendation_id',
        ['recommendation_timestamp', 'customer_id', 'recommended_action', 'actual_outcome'],
    ) }}

),

words as (select * from {{ ref('outcome_words') }}),

told as (

    select
        recommendations.*,
        words.is_accepted as is_word_of_acceptance,
        words.is_converted as is_word_of_conversion,
        lower({{ json_text('recommendation_attributes', 'arm') }}) as arm,
        {{ json_number('recommendation_attributes', 'propensity') }} as propensity,
        {{ json_number('recommendation_attributes', 'latency_ms') }} as latency_ms,
        coalesce(
            recommendations.action_taken_flag,
            recommendations.action_taken_timestamp is not null
        ) as is_action_taken
    from recommendations
    left join words on lower(recommendations.actual_outcome) = words.outcome

),

-- money says so too where the word is unknown
judged as (

    select
        *,
        case
            when is_action_taken
                then coalesce(is_word_of_acceptance, case when actual_value > 0 then true end)
        end as is_accepted
    from told

),

final as (

    select

        -- keys
        {{ surrogate_key(['recommendation_id']) }} as recommendation_key,
        case
            when customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'customer_id'
                ]) }}
        end as source_customer_key,
        case
            when journey_instance_id is not null
                then {{ surrogate_key(['journey_instance_id']) }}
        end as journey_key,

        -- ids
        recommendation_id,
        '{{ var("default_source_system") }}' as source_system,
        customer_id,
        journey_instance_id,

        -- the recommendation
        lower(recommended_action_type) as recommended_action_type,
        lower(recommended_action) as recommended_action,
        lower(recommended_channel) as recommended_channel,
        recommended_content,
        recommended_offer_id,
        recommendation_rank,

        -- the model
        lower(recommendation_model) as recommendation_model,
        model_version,
        arm,
        coalesce(arm in ('random', 'explore', 'exploration'), false) as is_random_arm,
        cast(case when propensity > 0 and propensity <= 1 then propensity end as decimal(9, 6))
            as propensity,
        recommendation_score,
        predicted_conversion_probability,
        predicted_value,
        predicted_response_time,
        cast(case when latency_ms between 0 and 3600000 then latency_ms end as integer)
            as latency_ms,

        -- what came of it
        is_action_taken,
        lower(actual_outcome) as actual_outcome,
        is_accepted,
        coalesce(is_accepted, false)
        and (coalesce(is_word_of_conversion, false) or coalesce(actual_value, 0) > 0)
            as is_converted,
        actual_value,
        recommendation_effectiveness,

        -- timestamps
        recommendation_timestamp,
        recommended_timing,
        action_taken_timestamp,
        -- nothing is known before it was recommended, whatever a clock says
        case
            when is_action_taken
                then greatest(
                    coalesce(action_taken_timestamp, recommendation_timestamp),
                    recommendation_timestamp
                )
        end as outcome_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from judged

)

select * from final
