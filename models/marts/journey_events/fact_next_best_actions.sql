{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['recommendation_key'],
    meta={
        'touched_by': {
            'recommendation_key': {
                'silver_next_best_actions': 'recommendation_key',
                'silver_next_best_action_contacts': 'recommendation_key',
            },
        },
    },
) }}

with

recommendations as (

    select * from {{ ref('silver_next_best_actions') }}
    {% if is_incremental() %}
        where recommendation_key in ({{ touched('recommendation_key') }})
    {% endif %}

),

contacts as (select * from {{ ref('silver_next_best_action_contacts') }}),

final as (

    select

        -- keys
        recommendations.recommendation_key,
        {{ date_key('recommendations.recommendation_timestamp') }} as recommendation_date_key,
        contacts.customer_key,

        -- attributes
        recommendations.recommendation_id,
        recommendations.journey_instance_id,
        recommendations.recommended_action_type,
        recommendations.recommended_action,
        recommendations.recommended_channel,
        recommendations.recommended_content,
        recommendations.recommended_offer_id,
        recommendations.recommendation_model,
        recommendations.model_version,
        coalesce(recommendations.arm, '(unknown)') as arm,
        recommendations.is_random_arm,
        recommendations.recommendation_rank,
        case
            when recommendations.predicted_conversion_probability is null then '(unknown)'
            else concat(
                cast(cast(least(
                    floor(recommendations.predicted_conversion_probability * 10), 9
                ) as integer) * 10 as string),
                ' % and more'
            )
        end as probability_band,
        recommendations.actual_outcome,
        recommendations.is_action_taken,
        recommendations.is_accepted,
        recommendations.is_converted,

        -- measures
        recommendations.recommendation_score,
        recommendations.predicted_conversion_probability,
        recommendations.predicted_value,
        recommendations.predicted_response_time,
        recommendations.propensity,
        recommendations.latency_ms,
        recommendations.actual_value,
        recommendations.recommendation_effectiveness,
        contacts.contacts_before,
        1 as recommendation_count,

        -- timestamps
        recommendations.recommendation_timestamp,
        recommendations.recommended_timing,
        recommendations.action_taken_timestamp

    from recommendations
    left join contacts on recommendations.recommendation_key = contacts.recommendation_key

)

select * from final
