with

common_stages as (select * from {{ ref('journey_stages') }}),

-- whatever a definition, a visit, a measurement or an instance names
named as (

    select
        stage_code,
        stage_name as written_name
    from common_stages
    union all
    select
        stage_code,
        stage_name as written_name
    from {{ ref('silver_journey_definition_stages') }}
    union all
    select
        stage_code,
        stage_code as written_name
    from {{ ref('silver_journey_stages') }}
    union all
    select
        entered_stage_code as stage_code,
        entered_stage_code as written_name
    from {{ ref('silver_journey_measurements') }}
    where entered_stage_code is not null
    union all
    select
        current_stage as stage_code,
        current_stage as written_name
    from {{ ref('silver_customer_journeys') }}
    where current_stage is not null

),

stages as (

    select
        stage_code,
        min(written_name) as written_name
    from named
    group by stage_code

),

final as (

    select
        {{ surrogate_key(['stages.stage_code']) }} as stage_key,
        stages.stage_code,
        coalesce(common_stages.stage_name, stages.written_name) as stage_name,
        coalesce(common_stages.stage_category, 'other') as stage_category,
        common_stages.stage_sequence,
        coalesce(common_stages.stage_category = 'awareness', false) as awareness_stage_flag,
        coalesce(common_stages.stage_category = 'consideration', false)
            as consideration_stage_flag,
        coalesce(common_stages.stage_category = 'decision', false) as decision_stage_flag,
        coalesce(common_stages.stage_category = 'retention', false) as retention_stage_flag,
        coalesce(common_stages.stage_category = 'advocacy', false) as advocacy_stage_flag
    from stages
    left join common_stages on stages.stage_code = common_stages.stage_code
    union all
    select
        -1 as stage_key,
        '(unknown)' as stage_code,
        '(unknown)' as stage_name,
        'other' as stage_category,
        null as stage_sequence,
        false as awareness_stage_flag,
        false as consideration_stage_flag,
        false as decision_stage_flag,
        false as retention_stage_flag,
        false as advocacy_stage_flag

)

select * from final
