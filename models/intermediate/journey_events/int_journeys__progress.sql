with

journeys as (select * from {{ ref('int_journeys__status') }}),

stages as (select * from {{ ref('silver_journey_stages') }}),

defined as (

    select
        journey_definition_key,
        max(stages_total) as stages_total
    from {{ ref('silver_journey_definition_stages') }}
    group by journey_definition_key

),

reached as (

    select
        journey_key,
        max(case when stages_total is not null then stage_number end) as furthest_stage_number,
        count(distinct stage_code) as stages_visited,
        max_by(stage_code, visit_number) as current_stage_code,
        max(stage_entry_timestamp) as current_stage_since,
        max(case when is_regression then 1 else 0 end) = 1 as has_regressed
    from stages
    group by journey_key

),

final as (

    select
        journeys.journey_key,
        coalesce(reached.current_stage_code, delivered.asserted_stage_code) as current_stage_code,
        cast(
            {{ seconds_between(
                'reached.current_stage_since',
                'coalesce(journeys.journey_end_timestamp, journeys.known_until)',
            ) }} / 3600 as decimal(10, 2)
        ) as current_stage_hours,
        -- without a definition that says which place a stage has, stages are counted
        cast(coalesce(
            reached.furthest_stage_number,
            case when defined.stages_total is null then reached.stages_visited end,
            0
        ) as integer) as stages_completed,
        cast(coalesce(defined.stages_total, delivered.asserted_stages_total) as integer)
            as stages_total,
        coalesce(reached.has_regressed, false) as has_regressed
    from journeys
    left join reached on journeys.journey_key = reached.journey_key
    left join defined on journeys.journey_definition_key = defined.journey_definition_key
    left join {{ ref('silver_journey_assertions') }} as delivered
        on journeys.journey_key = delivered.journey_key

)

select * from final
