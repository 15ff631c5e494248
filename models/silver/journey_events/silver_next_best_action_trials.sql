with

considered as (select * from {{ ref('int_next_best_actions__considered') }}),

outcomes as (

    select
        outcomes.*,
        cast(outcomes.recommendation_timestamp as date) as moment_date
    from {{ ref('int_next_best_actions__outcomes') }} as outcomes
    cross join {{ ref('int_core__build_dates') }} as build_dates
    where
        outcomes.is_accepted is not null
        and cast(outcomes.recommendation_timestamp as date) <= build_dates.as_of

),

rates as (

    select * from {{ ref('int_next_best_actions__rates') }}
    where rate_kind = 'value'

),

-- what our ranking would have done, with and without its rules
ranked as (

    select
        customer_key,
        moment_date,
        action,
        exclusion_reason,
        row_number() over (
            partition by customer_key, moment_date order by expected_value desc, action asc
        ) as place,
        row_number() over (
            partition by customer_key, moment_date, exclusion_reason is null
            order by expected_value desc, action asc
        ) as place_within_rules
    from considered

),

choices as (

    select
        'ranking' as policy_name,
        customer_key,
        moment_date,
        action
    from ranked
    where exclusion_reason is null and place_within_rules = 1
    union all
    select
        'ranking_without_rules' as policy_name,
        customer_key,
        moment_date,
        action
    from ranked
    where place = 1

),

most_accepted as (

    select
        moment_date,
        rate_of as popular_action
    from rates
    qualify row_number() over (
        partition by moment_date order by accepted desc, rate_of asc
    ) = 1

),

chance_trials as (

    select * from outcomes
    where is_random_arm and customer_key is not null and propensity is not null

),

trials as (

    select
        choices.policy_name,
        trials.recommendation_key,
        choices.action as chosen_action,
        trials.recommended_action,
        trials.propensity,
        trials.is_accepted,
        trials.actual_value
    from chance_trials as trials
    inner join choices
        on
            trials.customer_key = choices.customer_key
            and trials.moment_date = choices.moment_date
    union all
    select
        'most_accepted' as policy_name,
        trials.recommendation_key,
        most_accepted.popular_action as chosen_action,
        trials.recommended_action,
        trials.propensity,
        trials.is_accepted,
        trials.actual_value
    from chance_trials as trials
    left join most_accepted on trials.moment_date = most_accepted.moment_date
    union all
    -- as they happened: each is its own choice
    select
        case when is_random_arm then 'chance' else 'model' end as policy_name,
        recommendation_key,
        recommended_action as chosen_action,
        recommended_action,
        1 as propensity,
        is_accepted,
        actual_value
    from outcomes

),

-- one trial stands for as many as chance would have needed to hit on the choice
final as (

    select
        policy_name,
        recommendation_key,
        chosen_action,
        recommended_action,
        coalesce(chosen_action = recommended_action, false) as is_match,
        cast(
            case when chosen_action = recommended_action then 1 / propensity else 0 end
            as decimal(12, 4)
        ) as weight,
        is_accepted,
        cast(
            case when is_accepted then coalesce(actual_value, 0) else 0 end as decimal(18, 2)
        ) as accepted_value
    from trials

)

select * from final
