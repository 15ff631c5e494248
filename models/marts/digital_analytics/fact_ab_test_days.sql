with

summaries as (

    select * from {{ ref('silver_ab_test_summary') }}

),

final as (

    select

        -- keys
        summaries.summary_key,
        {{ date_key('summaries.summary_date') }} as summary_date_key,
        summaries.experiment_key,
        summaries.variant_key,

        -- attributes
        summaries.verdict,
        summaries.is_winner,
        summaries.is_ratio_broken,
        experiments.experiment_type = 'a/a' and not summaries.is_control as is_aa_comparison,

        -- measures, each as of the end of the day
        summaries.unique_users as units,
        summaries.total_conversions as conversions,
        summaries.p_value_exact as p_value,
        summaries.adjusted_p_value,
        summaries.ratio_p_value,
        summaries.confidence_level,
        summaries.difference,
        summaries.difference_lower,
        summaries.difference_upper,
        summaries.lift,
        summaries.lift_lower,
        summaries.lift_upper,
        summaries.value_lift,
        summaries.exposure_lift,
        summaries.power_at_target,
        summaries.required_units_per_arm,
        summaries.test_days,
        case
            when summaries.smaller_arm_units > 0
                then
                    summaries.required_units_per_arm
                    * summaries.test_days / summaries.smaller_arm_units
        end as days_to_required_units,

        -- time
        summaries.summary_date

    from summaries
    inner join {{ ref('dim_experiment') }} as experiments
        on summaries.experiment_key = experiments.experiment_key

)

select * from final
