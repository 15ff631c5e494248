with

identities as (select * from {{ ref('silver_customer_identities') }}),

final as (

    select
        recommendations.recommendation_key,
        coalesce(identities.customer_key, recommendations.source_customer_key) as customer_key,
        recommendations.recommended_action,
        recommendations.is_random_arm,
        recommendations.propensity,
        recommendations.predicted_conversion_probability as predicted_probability,
        -- twentieths, since most predictions are small; least() of a null would be the other one
        case
            when recommendations.predicted_conversion_probability is not null
                then cast(
                    least(floor(recommendations.predicted_conversion_probability * 20), 19)
                    as integer
                )
        end as probability_band,
        recommendations.is_action_taken,
        recommendations.is_accepted,
        recommendations.actual_value,
        recommendations.recommendation_timestamp,
        recommendations.outcome_timestamp
    from {{ ref('silver_next_best_actions') }} as recommendations
    left join identities
        on recommendations.source_customer_key = identities.source_customer_key
    where recommendations.recommended_action is not null

)

select * from final
