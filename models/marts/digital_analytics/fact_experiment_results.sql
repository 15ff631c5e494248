with

results as (

    select
        *,
        -- one row per analysis of an experiment, by which experiments are counted
        row_number() over (
            partition by experiment_id, analysis_date
            order by
                case when segment_name = 'all' then 0 else 1 end,
                case metric_role when 'goal' then 0 when 'guardrail' then 1 else 2 end,
                metric_name, variant_id, segment_name, segment_value
        ) = 1 as is_verdict
    from {{ ref('silver_experiment_results') }}

),

final as (

    select

        -- keys
        experiment_result_key,
        {{ date_key('analysis_date') }} as analysis_date_key,
        experiment_key,
        variant_key,

        -- attributes
        metric_name,
        segment_name,
        segment_value,
        metric_label,
        metric_kind,
        metric_role,
        better_direction,
        quantile_share,
        correction,
        finding,
        note,
        verdict,
        verdict_reason,
        is_latest,
        is_verdict,

        -- measures
        confidence_level,
        control_units,
        treatment_units,
        control_value,
        treatment_value,
        difference,
        difference_lower,
        difference_upper,
        lift,
        lift_lower,
        lift_upper,
        p_value,
        adjusted_p_value,
        always_valid_lower,
        always_valid_upper,
        always_valid_p_value,
        cuped_difference,
        cuped_lower,
        cuped_upper,
        cuped_p_value,
        variance_saved,
        ratio_p_value,
        two_arms_share,

        -- time
        analysis_date

    from results

)

select * from final
