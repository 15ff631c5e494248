with

analyses as (

    select * from {{ ref('stg_digital_analytics__analysis_experiment_results') }}
    where rejection_reason is null
    qualify row_number() over (
        partition by
            experiment_id, metric_name, variant_id, segment_name, segment_value, analysis_date
        order by ingestion_timestamp desc, verdict asc, finding asc, p_value asc
    ) = 1

),

dated as (

    select
        *,
        max(analysis_date) over (partition by experiment_id) as last_analysis_date
    from analyses

),

-- what a former world left behind names no experiment of this one
final as (

    select
        {{ surrogate_key([
            'dated.experiment_id', 'dated.metric_name', 'dated.variant_id',
            'dated.segment_name', 'dated.segment_value', 'dated.analysis_date',
        ]) }} as experiment_result_key,
        variants.experiment_key,
        variants.variant_key,
        dated.experiment_id,
        dated.variant_id,
        dated.metric_name,
        dated.segment_name,
        dated.segment_value,
        dated.analysis_date,
        dated.metric_label,
        dated.metric_kind,
        dated.metric_role,
        dated.better_direction,
        dated.quantile_share,
        dated.confidence_level,
        dated.control_units,
        dated.treatment_units,
        dated.control_value,
        dated.treatment_value,
        dated.difference,
        dated.difference_lower,
        dated.difference_upper,
        dated.lift,
        dated.lift_lower,
        dated.lift_upper,
        dated.p_value,
        dated.adjusted_p_value,
        dated.correction,
        dated.always_valid_lower,
        dated.always_valid_upper,
        dated.always_valid_p_value,
        dated.cuped_difference,
        dated.cuped_lower,
        dated.cuped_upper,
        dated.cuped_p_value,
        dated.variance_saved,
        dated.finding,
        dated.note,
        dated.verdict,
        dated.verdict_reason,
        dated.ratio_p_value,
        dated.two_arms_share,
        dated.analysis_date = dated.last_analysis_date as is_latest
    from dated
    inner join {{ ref('silver_ab_test_variants') }} as variants
        on
            dated.experiment_id = variants.experiment_id
            and dated.variant_id = variants.variant_id

)

select * from final
