{{ config(materialized='table') }}

with

moments as (select * from {{ ref('int_next_best_actions__moments') }}),

-- all that was recommended to the person before the day, its outcome where it was known by then
known as (

    select
        moments.customer_key,
        moments.moment_date,
        outcomes.recommendation_key,
        outcomes.recommended_action,
        outcomes.recommendation_timestamp,
        case
            when
                outcomes.recommendation_timestamp
                >= cast(moments.moment_date as timestamp)
                - interval '{{ var("nba_prediction_days") }}' day
                then outcomes.probability_band
        end as probability_band,
        case
            when outcomes.outcome_timestamp < cast(moments.moment_date as timestamp)
                then outcomes.is_accepted
        end as is_accepted,
        case
            when outcomes.outcome_timestamp < cast(moments.moment_date as timestamp)
                then outcomes.outcome_timestamp
        end as outcome_timestamp
    from moments
    inner join {{ ref('int_next_best_actions__outcomes') }} as outcomes
        on
            moments.customer_key = outcomes.customer_key
            and outcomes.recommendation_timestamp < cast(moments.moment_date as timestamp)

),

ordered as (

    select
        *,
        row_number() over (
            partition by customer_key, moment_date, recommended_action
            order by recommendation_timestamp, recommendation_key
        ) as recommendation_number
    from known

),

final as (

    select
        customer_key,
        moment_date,
        recommended_action,
        count(is_accepted) as tried,
        sum(case when is_accepted then 1 else 0 end) as accepted,
        max_by(probability_band, recommendation_number) filter (
            where probability_band is not null
        ) as probability_band,
        max(outcome_timestamp) as last_taken_timestamp
    from ordered
    group by customer_key, moment_date, recommended_action

)

select * from final
