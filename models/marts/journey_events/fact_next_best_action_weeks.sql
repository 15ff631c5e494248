with

arms as (

    select
        cast(date_trunc('week', recommendation_timestamp) as date) as week_start_date,
        recommendation_model,
        model_version,
        count(case when not is_random_arm then 1 end) as model_actions,
        count(case when not is_random_arm and is_accepted then 1 end) as model_accepted,
        count(case when is_random_arm then 1 end) as chance_actions,
        count(case when is_random_arm and is_accepted then 1 end) as chance_accepted
    from {{ ref('silver_next_best_actions') }}
    where is_accepted is not null
    group by
        cast(date_trunc('week', recommendation_timestamp) as date),
        recommendation_model,
        model_version

),

final as (

    select
        {{ surrogate_key([date_key('week_start_date'), 'recommendation_model', 'model_version']) }}
            as next_best_action_week_key,
        week_start_date,
        recommendation_model,
        model_version,
        cast(model_actions as bigint) as model_actions,
        cast(model_accepted as bigint) as model_accepted,
        cast(chance_actions as bigint) as chance_actions,
        cast(chance_accepted as bigint) as chance_accepted,
        least(model_actions, chance_actions) >= {{ var("nba_min_arm_actions") }} as is_compared,
        -- of whole numbers, so that equal rates are equal
        least(model_actions, chance_actions) >= {{ var("nba_min_arm_actions") }}
        and model_accepted * chance_actions > chance_accepted * model_actions as is_won
    from arms

)

select * from final
