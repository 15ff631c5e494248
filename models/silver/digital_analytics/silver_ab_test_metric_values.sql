{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['assignment_key', 'metric_name'],
    meta={
        'touched_by': {
            'assignment_key': {
                'silver_ab_test_assignments': 'assignment_key',
                'int_ab_tests__outcomes': 'assignment_key',
            },
        },
    },
) }}

with

assignments as (

    select * from {{ ref('silver_ab_test_assignments') }}
    {% if is_incremental() %}
        where assignment_key in ({{ touched('assignment_key') }})
    {% endif %}

),

final as (

    select
        assignments.assignment_key,
        outcomes.metric_name,
        assignments.experiment_id,
        -- what comes without a figure is a conversion or none
        cast(sum(coalesce(
            outcomes.metric_value, case when outcomes.is_converted then 1 else 0 end
        )) as double) as metric_value,
        cast(count(*) as integer) as outcome_count
    from assignments
    inner join {{ ref('int_ab_tests__outcomes') }} as outcomes
        on
            assignments.assignment_key = outcomes.assignment_key
            and assignments.exposure_timestamp <= outcomes.result_timestamp
    where outcomes.metric_name is not null
    group by assignments.assignment_key, outcomes.metric_name, assignments.experiment_id

)

select * from final
