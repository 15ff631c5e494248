with

build_dates as (select as_of from {{ ref('int_core__build_dates') }}),

stays as (

    select
        history.*,
        kinds.typical_duration_days,
        kinds.retention_priority,
        kinds.marketing_approach,
        transitions.kind as transition_kind,
        transitions.is_expected as is_expected_transition,
        build_dates.as_of as as_of_date,
        {{ dbt.datediff('history.stage_start_date', 'build_dates.as_of', 'day') }}
            as days_in_stage
    from {{ ref('silver_customer_lifecycle_history') }} as history
    cross join build_dates
    inner join {{ ref('lifecycle_stages') }} as kinds
        on history.lifecycle_stage = kinds.stage_code
    left join {{ ref('lifecycle_transitions') }} as transitions
        on
            history.previous_stage = transitions.from_stage
            and history.lifecycle_stage = transitions.to_stage
    where history.is_current

),

behaviour as (

    select
        customer_key,
        stage_code,
        valid_from_date
    from {{ ref('int_lifecycle__behaviour') }}
    where valid_to_date is null

),

judged as (

    select
        stays.*,
        behaviour.stage_code as behaviour_stage,
        stays.days_in_stage <= {{ var("lifecycle_alert_days") }}
        and stays.transition_kind = 'regression' as is_fallen,
        stays.days_in_stage <= {{ var("lifecycle_alert_days") }}
        and stays.previous_stage is not null
        and not coalesce(stays.is_expected_transition, false) as is_unexpected,
        coalesce(stays.days_in_stage > stays.typical_duration_days, false)
        and stays.lifecycle_stage_category in ('acquisition', 'risk') as is_overdue,
        stays.lifecycle_stage_category = 'engagement'
        and behaviour.stage_code in ('at_risk', 'dormant', 'churned') as is_silent
    from stays
    left join behaviour on stays.customer_key = behaviour.customer_key

),

final as (

    {% for alert in ['fallen', 'unexpected', 'overdue', 'silent'] %}
        select
            {{ surrogate_key(['lifecycle_key', "'" ~ alert ~ "'"]) }} as alert_key,
            lifecycle_key,
            customer_key,
            as_of_date,
            '{{ alert }}' as alert_kind,
            lifecycle_stage,
            previous_stage,
            behaviour_stage,
            stage_start_date,
            cast(days_in_stage as integer) as days_in_stage,
            typical_duration_days,
            next_expected_stage,
            retention_priority,
            marketing_approach as suggested_approach
        from judged
        where is_{{ alert }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from final
