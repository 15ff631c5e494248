{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['exposure_key'],
    meta={
        'touched_by': {
            'experiment_day_key': {'silver_ab_test_exposures': 'experiment_day_key'},
        },
    },
) }}

with

exposures as (

    select * from {{ ref('silver_ab_test_exposures') }}
    where
        experiment_day_key is not null
        {% if is_incremental() %}
            and experiment_day_key in ({{ touched('experiment_day_key') }})
        {% endif %}

),

ranked as (

    select
        exposure_key,
        experiment_day_key,
        experiment_id,
        variant_id,
        exposure_id,
        exposure_timestamp,
        experiment_name,
        configured_split,
        variant_name,
        control_group_flag,
        variant_description,
        min(experiment_category) over whole_day as category_of_day,
        min(hypothesis) over whole_day as hypothesis_of_day,
        lag(exposure_timestamp) over in_day as previous_timestamp,
        row_number() over (
            partition by experiment_day_key, variant_id
            order by
                case when variant_name is null then 1 else 0 end,
                case when control_group_flag is null then 1 else 0 end,
                exposure_timestamp desc,
                exposure_id desc
        ) as variant_number
    from exposures
    window
        whole_day as (partition by experiment_day_key),
        in_day as (
            partition by experiment_day_key order by exposure_timestamp asc, exposure_id desc
        )

),

-- of several exposures of one instant the last id speaks, and only it
speaking as (

    select
        *,
        previous_timestamp is null or previous_timestamp < exposure_timestamp as speaks
    from ranked

),

compared as (

    select
        *,
        row_number() over in_day = 1 as is_first_of_day,
        last_value(case when speaks then experiment_name end ignore nulls) over before_this
            as previous_name,
        last_value(case when speaks then configured_split end ignore nulls) over before_this
            as previous_split
    from speaking
    window
        in_day as (
            partition by experiment_day_key order by exposure_timestamp asc, exposure_id desc
        ),
        before_this as (
            partition by experiment_day_key order by exposure_timestamp asc, exposure_id desc
            rows between unbounded preceding and 1 preceding
        )

),

final as (

    select
        exposure_key,
        experiment_day_key,
        experiment_id,
        variant_id,
        exposure_id,
        exposure_timestamp,
        experiment_name,
        configured_split,
        category_of_day,
        hypothesis_of_day,
        variant_name,
        control_group_flag,
        variant_description,
        coalesce(is_first_of_day or speaks and (
            experiment_name is not null and previous_name is null
            or experiment_name <> previous_name
            or configured_split is not null and previous_split is null
            or configured_split <> previous_split
        ), false) as tells_version,
        variant_id is not null and variant_number = 1 as tells_variant
    from compared

)

select * from final
where tells_version or tells_variant
