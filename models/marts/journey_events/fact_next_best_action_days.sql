with

actions as (

    select
        cast(recommendation_timestamp as date) as recommendation_date,
        recommendation_model,
        model_version,
        coalesce(arm, '(unknown)') as arm,
        recommended_action,
        count(*) as recommendations
    from {{ ref('silver_next_best_actions') }}
    where recommended_action is not null
    group by
        cast(recommendation_timestamp as date),
        recommendation_model,
        model_version,
        coalesce(arm, '(unknown)'),
        recommended_action

),

days as (

    select
        recommendation_date,
        recommendation_model,
        model_version,
        arm,
        count(*) as actions_recommended,
        sum(recommendations) as recommendation_count,
        sum(recommendations) * (sum(recommendations) - 1) / 2 as pair_count,
        sum(recommendations * (recommendations - 1)) / 2 as same_action_pairs
    from actions
    group by recommendation_date, recommendation_model, model_version, arm

),

final as (

    select
        {{ surrogate_key([
            date_key('recommendation_date'), 'recommendation_model', 'model_version', 'arm'
        ]) }} as next_best_action_day_key,
        {{ date_key('recommendation_date') }} as recommendation_date_key,
        recommendation_date,
        recommendation_model,
        model_version,
        arm,
        cast(recommendation_count as bigint) as recommendation_count,
        cast(actions_recommended as integer) as actions_recommended,
        cast(pair_count as bigint) as pair_count,
        cast(pair_count - same_action_pairs as bigint) as different_action_pairs
    from days

)

select * from final
