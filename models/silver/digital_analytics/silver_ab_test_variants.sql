with

exposures as (

    select * from {{ ref('int_ab_tests__tellings') }}
    where tells_variant

),

latest as (

    select
        experiment_id,
        variant_id,
        variant_name,
        control_group_flag,
        variant_description
    from exposures
    qualify row_number() over (
        partition by experiment_id, variant_id
        order by
            case when variant_name is null then 1 else 0 end,
            case when control_group_flag is null then 1 else 0 end,
            exposure_timestamp desc,
            exposure_id desc
    ) = 1

),

-- one control: the flagged variant, of several the first by id
controls as (

    select
        experiment_id,
        min(variant_id) as control_variant_id
    from latest
    where control_group_flag or (control_group_flag is null and lower(variant_name) = 'control')
    group by experiment_id

),

current_experiments as (

    select * from {{ ref('silver_experiments') }}
    where is_current

),

final as (

    select
        {{ surrogate_key(['latest.experiment_id', 'latest.variant_id']) }} as variant_key,
        current_experiments.experiment_key,
        latest.experiment_id,
        latest.variant_id,
        latest.variant_name,
        latest.variant_description,
        coalesce(latest.variant_id = controls.control_variant_id, false) as is_control,
        coalesce(
            {{ configured_share('current_experiments.configured_split', 'latest.variant_name') }},
            {{ configured_share('current_experiments.configured_split', 'latest.variant_id') }}
        ) as configured_share
    from latest
    inner join current_experiments on latest.experiment_id = current_experiments.experiment_id
    left join controls on latest.experiment_id = controls.experiment_id

)

select * from final
