with

stages as (

    select
        journey_definition_key,
        max(stages_total) as total_stages
    from {{ ref('silver_journey_definition_stages') }}
    group by journey_definition_key

),

final as (

    select
        definitions.journey_definition_key,
        definitions.journey_id,
        definitions.journey_name,
        definitions.journey_type,
        definitions.journey_category,
        definitions.journey_objective,
        definitions.target_segment,
        definitions.definition_version,
        stages.total_stages,
        definitions.expected_duration_days,
        definitions.target_conversion_rate,
        definitions.active_flag,
        definitions.effective_from,
        definitions.effective_to,
        definitions.is_current
    from {{ ref('silver_journey_definitions') }} as definitions
    left join stages on definitions.journey_definition_key = stages.journey_definition_key
    union all
    select
        -1 as journey_definition_key,
        null as journey_id,
        '(unknown)' as journey_name,
        '(unknown)' as journey_type,
        '(unknown)' as journey_category,
        null as journey_objective,
        null as target_segment,
        null as definition_version,
        null as total_stages,
        null as expected_duration_days,
        null as target_conversion_rate,
        null as active_flag,
        timestamp '0001-01-01 00:00:00' as effective_from,
        timestamp '9999-12-31 00:00:00' as effective_to,
        true as is_current

)

select * from final
