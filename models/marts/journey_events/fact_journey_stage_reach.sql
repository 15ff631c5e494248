with

journeys as (select * from {{ ref('silver_customer_journeys') }}),

visited as (

    select
        journey_key,
        stage_code,
        max(stage_number) as stage_number,
        count(*) as visit_count
    from {{ ref('silver_journey_stages') }}
    group by journey_key, stage_code

),

-- the stages that a journey could enter, and those that it did whatever its definition says
chances as (

    select
        journeys.journey_key,
        definition_stages.stage_code,
        definition_stages.stage_number,
        true as is_defined_stage
    from journeys
    inner join {{ ref('silver_journey_definition_stages') }} as definition_stages
        on journeys.journey_definition_key = definition_stages.journey_definition_key
    union all
    select
        journey_key,
        stage_code,
        stage_number,
        false as is_defined_stage
    from visited

),

each_once as (

    select
        journey_key,
        stage_code,
        max(stage_number) as stage_number,
        bool_or(is_defined_stage) as is_defined_stage
    from chances
    group by journey_key, stage_code

),

final as (

    select

        -- keys
        {{ surrogate_key(['each_once.journey_key', 'each_once.stage_code']) }} as stage_reach_key,
        {{ date_key('journeys.journey_start_timestamp') }} as journey_start_date_key,
        each_once.journey_key,
        journeys.journey_definition_key,
        journeys.customer_key,
        {{ surrogate_key(['each_once.stage_code']) }} as stage_key,

        -- attributes
        cast(each_once.stage_number as integer) as stage_number,
        each_once.is_defined_stage,
        visited.visit_count is not null as is_reached,
        visited.visit_count is not null and journeys.conversion_flag as is_converted,

        -- measures
        cast(coalesce(visited.visit_count, 0) as integer) as visit_count,

        -- timestamps
        journeys.journey_start_timestamp

    from each_once
    inner join journeys on each_once.journey_key = journeys.journey_key
    left join visited
        on
            each_once.journey_key = visited.journey_key
            and each_once.stage_code = visited.stage_code

)

select * from final
