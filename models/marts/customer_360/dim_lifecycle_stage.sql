with

stages as (select * from {{ ref('lifecycle_stages') }}),

-- where a customer is expected to go, what leads on first
nexts as (

    select
        transitions.from_stage,
        {{ collected('transitions.to_stage', 'stages.stage_sequence') }} as next_stages
    from {{ ref('lifecycle_transitions') }} as transitions
    inner join stages on transitions.to_stage = stages.stage_code
    where transitions.is_expected
    group by transitions.from_stage

),

final as (

    select
        {{ surrogate_key(['stages.stage_code']) }} as stage_key,
        stages.stage_code,
        stages.stage_name,
        stages.stage_category,
        stages.stage_sequence,
        stages.typical_duration_days,
        stages.engagement_level,
        stages.monetization_potential,
        stages.retention_priority,
        stages.marketing_approach,
        nexts.next_stages,
        stages.entry_rule,
        cast(stages.progress as decimal(5, 2)) as progression_score
    from stages
    left join nexts on stages.stage_code = nexts.from_stage
    union all
    select
        -1 as stage_key,
        '(unknown)' as stage_code,
        '(unknown)' as stage_name,
        '(unknown)' as stage_category,
        null as stage_sequence,
        null as typical_duration_days,
        null as engagement_level,
        null as monetization_potential,
        null as retention_priority,
        null as marketing_approach,
        null as next_stages,
        null as entry_rule,
        null as progression_score

)

select * from final
