with

levels as (

    select
        {{ normal_quantile('upper_share') }} as z,
        {{ normal_quantile('power_share') }} as z_power
    from (
        select
            0.5e0 + cast({{ var("experiment_confidence_level") }} as double) / 2e0 as upper_share,
            cast({{ var("experiment_target_power") }} as double) as power_share
    ) as levels_asked

),

paired as (

    select
        counts.experiment_id,
        counts.variant_id,
        counts.summary_date,
        levels.z,
        levels.z_power,
        cast(counts.units as double) as n1,
        cast(counts.conversions as double) as x1,
        cast(controls.units as double) as n0,
        cast(controls.conversions as double) as x0
    from {{ ref('int_ab_tests__daily_counts') }} as counts
    inner join {{ ref('int_ab_tests__daily_counts') }} as controls
        on
            counts.experiment_id = controls.experiment_id
            and counts.summary_date = controls.summary_date
            and controls.is_control
    cross join levels
    where not counts.is_control

),

rates as (

    select
        *,
        x1 / n1 as p1,
        x0 / n0 as p0,
        (x1 + x0) / (n1 + n0) as pooled,
        least(1e0, x0 / n0 * (1e0 + {{ var("experiment_target_lift") }})) as target_rate
    from paired
    where n1 > 0 and n0 > 0

),

errors as (

    select
        *,
        p1 - p0 as difference,
        sqrt(pooled * (1e0 - pooled) * (1e0 / n1 + 1e0 / n0)) as pooled_error,
        -- where neither arm scatters, an interval without width would claim to be certain
        nullif(sqrt(p1 * (1e0 - p1) / n1 + p0 * (1e0 - p0) / n0), 0e0) as difference_error,
        case
            when x1 > 0 and x0 > 0
                then nullif(sqrt(greatest(1e0 / x1 - 1e0 / n1 + 1e0 / x0 - 1e0 / n0, 0e0)), 0e0)
        end as log_ratio_error,
        sqrt(target_rate * (1e0 - target_rate) / n1 + p0 * (1e0 - p0) / n0) as target_error
    from rates

),

scores as (

    select
        *,
        case when pooled_error > 0 then abs(difference) / pooled_error / sqrt(2e0) end as score,
        -- how far the two borders of significance lie from the target_rate, in standard errors
        case when target_error > 0 then z - (target_rate - p0) / target_error end as power_score,
        case when target_error > 0 then z + (target_rate - p0) / target_error end as far_power_score
    from errors

),

tails as (

    select
        *,
        {{ erfc('score') }} as p_value,
        abs(power_score) / sqrt(2e0) as power_distance,
        far_power_score / sqrt(2e0) as far_power_distance
    from scores

),

final as (

    select
        experiment_id,
        variant_id,
        summary_date,
        p1 as conversion_rate,
        p0 as control_rate,
        difference,
        difference - z * difference_error as difference_lower,
        difference + z * difference_error as difference_upper,
        case when p0 > 0 then p1 / p0 - 1e0 end as lift,
        p1 / p0 * exp(-z * log_ratio_error) - 1e0 as lift_lower,
        p1 / p0 * exp(z * log_ratio_error) - 1e0 as lift_upper,
        p_value,
        least(
            n1 * pooled, n0 * pooled, n1 * (1e0 - pooled), n0 * (1e0 - pooled)
        ) as smallest_expected,
        least(n1, n0) as smaller_arm_units,
        case
            when power_score >= 0 then {{ erfc('power_distance') }} / 2e0
            else 1e0 - {{ erfc('power_distance') }} / 2e0
        end + {{ erfc('far_power_distance') }} / 2e0 as power_at_target,
        case
            when target_rate > p0
                then
                    power((z + z_power) / (target_rate - p0), 2e0)
                    * (p0 * (1e0 - p0) + target_rate * (1e0 - target_rate))
        end as required_units_per_arm
    from tails

)

select * from final
