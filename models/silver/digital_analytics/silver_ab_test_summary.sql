with

per_unit as (

    select
        *,
        cast(conversion_value as double) / nullif(units, 0) as value_per_unit,
        cast(exposures as double) / nullif(units, 0) as exposures_per_unit
    from {{ ref('int_ab_tests__daily_counts') }}

),

counts as (

    select
        *,
        count(*) over same_day - 1 as treatments,
        max(case when is_control then value_per_unit end) over same_day as control_value_per_unit,
        max(case when is_control then exposures_per_unit end) over same_day
            as control_exposures_per_unit
    from per_unit
    window same_day as (partition by experiment_id, summary_date)

),

joined as (

    select
        counts.*,
        assignments.source_system,
        assignments.data_quality_score,
        ratios.ratio_p_value,
        compared.difference,
        compared.difference_lower,
        compared.difference_upper,
        compared.lift,
        compared.lift_lower,
        compared.lift_upper,
        compared.p_value,
        compared.power_at_target,
        compared.required_units_per_arm,
        compared.smallest_expected,
        compared.smaller_arm_units,
        coalesce(ratios.ratio_p_value < {{ var("experiment_broken_split_p") }}, false)
            as is_ratio_broken,
        cast({{ var("experiment_confidence_level") }} as decimal(5, 4)) as confidence_level,
        -- several treatments are several chances: Bonferroni's correction
        least(compared.p_value * counts.treatments, 1e0) as adjusted_p_value
    from counts
    left join {{ ref('int_ab_tests__assignment_quality') }} as assignments
        on
            counts.experiment_id = assignments.experiment_id
            and counts.variant_id = assignments.variant_id
    left join {{ ref('int_ab_tests__compared') }} as compared
        on
            counts.experiment_id = compared.experiment_id
            and counts.variant_id = compared.variant_id
            and counts.summary_date = compared.summary_date
    left join {{ ref('int_ab_tests__sample_ratios') }} as ratios
        on
            counts.experiment_id = ratios.experiment_id
            and counts.summary_date = ratios.summary_date

),

judged as (

    select
        *,
        case
            when is_control then 'control'
            when is_ratio_broken then 'broken_split'
            when p_value is null then 'not_comparable'
            when
                smaller_arm_units < {{ var("experiment_min_units") }}
                or smallest_expected < {{ var("experiment_min_expected") }}
                then 'too_small'
            when adjusted_p_value >= 1 - confidence_level then 'not_significant'
            when difference > 0 then 'better'
            else 'worse'
        end as verdict
    from joined

),

final as (

    select
        {{ surrogate_key(['experiment_id', 'variant_id', 'summary_date']) }} as summary_key,
        experiment_key,
        variant_key,
        summary_date,
        cast(exposures as integer) as total_exposures,
        cast(units as integer) as unique_users,
        cast(conversions as integer) as total_conversions,
        cast(cast(conversions as double) / nullif(units, 0) as decimal(5, 4)) as conversion_rate,
        cast(conversion_value as decimal(18, 2)) as conversion_value,
        cast(cast(conversion_minutes as double) / nullif(conversions, 0) as decimal(10, 2))
            as avg_time_to_conversion_minutes,
        case
            when verdict in ('better', 'worse') then true
            when verdict = 'not_significant' then false
        end as statistical_significance,
        confidence_level,
        cast(p_value as decimal(10, 8)) as p_value,
        cast({{ within('100 * lift', -999, 999) }} as decimal(5, 2)) as lift_vs_control,
        cast(data_quality_score as decimal(5, 2)) as data_quality_score,
        cast(summary_date as timestamp) as created_timestamp,
        source_system,
        is_control,
        verdict,
        -- the best of the treatments that are better than the control
        verdict = 'better' and difference = max(case when verdict = 'better' then difference end)
            over (partition by experiment_id, summary_date) as is_winner,
        ratio_p_value,
        is_ratio_broken,
        p_value as p_value_exact,
        adjusted_p_value,
        difference,
        difference_lower,
        difference_upper,
        lift,
        lift_lower,
        lift_upper,
        case
            when not is_control
                then value_per_unit / nullif(control_value_per_unit, 0) - 1
        end as value_lift,
        case
            when not is_control
                then exposures_per_unit / nullif(control_exposures_per_unit, 0) - 1
        end as exposure_lift,
        power_at_target,
        required_units_per_arm,
        {{ dbt.datediff('first_date', 'summary_date', 'day') }} + 1 as test_days,
        smaller_arm_units
    from judged

)

select * from final
