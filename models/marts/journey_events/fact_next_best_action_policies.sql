with

levels as (

    select {{ normal_quantile('upper_share') }} as z
    from (
        select
            0.5e0 + cast({{ var("experiment_confidence_level") }} as double) / 2e0 as upper_share
    ) as levels_asked

),

weighed as (

    select
        trials.policy_name,
        trials.chosen_action,
        trials.is_match,
        trials.weight,
        case when trials.is_accepted then trials.weight else 0 end as weight_of_accepted,
        cast(trials.weight * trials.accepted_value as decimal(18, 2)) as weighed_value,
        levels.z
    from {{ ref('silver_next_best_action_trials') }} as trials
    cross join levels

),

-- sums of decimals, which are the same in any order
summed as (

    select
        policy_name,
        z,
        count(*) as trials,
        count(case when chosen_action <> 'do_nothing' then 1 end) as acting_trials,
        count(case when is_match then 1 end) as matches,
        cast(sum(weight) as double) as w,
        cast(sum(weight * weight) as double) as ww,
        cast(sum(weight_of_accepted) as double) as wa,
        cast(sum(weight_of_accepted * weight_of_accepted) as double) as wwa,
        cast(sum(weighed_value) as double) as wv,
        cast(sum(weighed_value * weighed_value) as double) as wwv
    from weighed
    group by policy_name, z

),

estimated as (

    select
        *,
        wa / trials as rate,
        wv / trials as value_mean,
        case when w > 0 then wa / w end as acting_rate,
        case
            when trials > 1
                then sqrt(greatest(wwa - wa * wa / trials, 0e0) / (trials - 1) / trials)
        end as rate_error,
        case
            when trials > 1
                then sqrt(greatest(wwv - wv * wv / trials, 0e0) / (trials - 1) / trials)
        end as value_error,
        -- of a quotient of two sums, linearised
        case
            when matches > 1
                then sqrt(greatest(wwa * (1e0 - 2e0 * wa / w) + wa * wa / (w * w) * ww, 0e0)) / w
        end as acting_rate_error
    from summed

),

final as (

    select
        {{ surrogate_key(['policy_name']) }} as policy_key,
        policy_name,
        cast(trials as bigint) as trials,
        cast(acting_trials as bigint) as acting_trials,
        cast(matches as bigint) as matched_trials,
        rate as acceptance_rate,
        rate - z * rate_error as acceptance_rate_lower,
        rate + z * rate_error as acceptance_rate_upper,
        acting_rate as acceptance_rate_when_acting,
        acting_rate - z * acting_rate_error as acceptance_rate_when_acting_lower,
        acting_rate + z * acting_rate_error as acceptance_rate_when_acting_upper,
        value_mean as value_per_trial,
        value_mean - z * value_error as value_per_trial_lower,
        value_mean + z * value_error as value_per_trial_upper
    from estimated

)

select * from final
