with

source as (

    select * from {{ source('bronze', 'analysis_experiment_results') }}

),

typed as (

    select

        -- what was analysed
        {{ clean_text('experiment_id') }} as experiment_id,
        {{ clean_text('metric') }} as metric_name,
        {{ clean_text('variant_id') }} as variant_id,
        {{ clean_text('segment') }} as segment_name,
        {{ clean_text('segment_value') }} as segment_value,
        try_cast(analysis_date as date) as analysis_date,
        {{ clean_text('metric_label') }} as metric_label,
        {{ clean_text('kind') }} as metric_kind,
        {{ clean_text('role') }} as metric_role,
        {{ clean_text('better') }} as better_direction,
        try_cast(quantile as double) as quantile_share,
        try_cast(confidence_level as double) as confidence_level,

        -- the arms
        try_cast(control_units as bigint) as control_units,
        try_cast(treatment_units as bigint) as treatment_units,
        try_cast(control_value as double) as control_value,
        try_cast(treatment_value as double) as treatment_value,

        -- their difference
        try_cast(difference as double) as difference,
        try_cast(difference_lower as double) as difference_lower,
        try_cast(difference_upper as double) as difference_upper,
        try_cast(lift as double) as lift,
        try_cast(lift_lower as double) as lift_lower,
        try_cast(lift_upper as double) as lift_upper,
        try_cast(p_value as double) as p_value,
        try_cast(adjusted_p_value as double) as adjusted_p_value,
        {{ clean_text('correction') }} as correction,
        try_cast(always_valid_lower as double) as always_valid_lower,
        try_cast(always_valid_upper as double) as always_valid_upper,
        try_cast(always_valid_p_value as double) as always_valid_p_value,
        try_cast(cuped_difference as double) as cuped_difference,
        try_cast(cuped_lower as double) as cuped_lower,
        try_cast(cuped_upper as double) as cuped_upper,
        try_cast(cuped_p_value as double) as cuped_p_value,
        try_cast(variance_saved as double) as variance_saved,

        -- what is to be said
        {{ clean_text('finding') }} as finding,
        {{ clean_text('note') }} as note,
        {{ clean_text('verdict') }} as verdict,
        {{ clean_text('verdict_reason') }} as verdict_reason,
        try_cast(ratio_p_value as double) as ratio_p_value,
        try_cast(two_arms_share as double) as two_arms_share,

        -- timestamps
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,
        {{ whole_row('source') }} as delivered_row

    from source

),

final as (

    select
        *,
        case
            when
                experiment_id is null or metric_name is null or variant_id is null
                or segment_name is null or segment_value is null
                then 'missing_key'
            when analysis_date is null then 'missing_date'
            when verdict is null or finding is null then 'missing_verdict'
        end as rejection_reason
    from typed

)

select * from final
