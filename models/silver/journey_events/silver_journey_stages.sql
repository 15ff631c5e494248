with

definition_stages as (select * from {{ ref('silver_journey_definition_stages') }}),

defined as (

    select
        journey_definition_key,
        max(stages_total) as stages_total
    from definition_stages
    group by journey_definition_key

),

-- what comes after the end of a journey belongs to none; a journey without defined stages has the
-- common order of stages
placed as (

    select
        visits.*,
        journeys.journey_status,
        journeys.journey_definition_key,
        journeys.journey_end_timestamp,
        journeys.expected_duration_days,
        defined.stages_total,
        case
            when defined.stages_total is null then common_stages.stage_sequence
            else definition_stages.stage_number
        end as stage_number
    from {{ ref('int_journey_stages__visits') }} as visits
    inner join {{ ref('int_journeys__status') }} as journeys
        on visits.journey_key = journeys.journey_key
    left join defined on journeys.journey_definition_key = defined.journey_definition_key
    left join definition_stages
        on
            journeys.journey_definition_key = definition_stages.journey_definition_key
            and visits.stage_code = definition_stages.stage_code
    left join {{ ref('journey_stages') }} as common_stages
        on visits.stage_code = common_stages.stage_code
    where visits.entered_at <= coalesce(journeys.journey_end_timestamp, visits.entered_at)

),

followed as (

    select
        *,
        lag(stage_code) over by_visit as previous_stage_code,
        lag(stage_number) over by_visit as previous_stage_number,
        lead(stage_number) over by_visit as next_stage_number,
        lead(entered_at) over by_visit as next_entered_at,
        row_number() over (
            partition by journey_key, stage_code order by visit_number
        ) as visit_number_of_stage
    from placed
    window by_visit as (partition by journey_key order by visit_number)

),

ended as (

    select
        *,
        next_entered_at is null as is_last_visit,
        coalesce(next_entered_at, journey_end_timestamp) as exited_at,
        case
            when next_entered_at is not null and next_stage_number > stage_number
                then 'progressed'
            when next_entered_at is not null and next_stage_number < stage_number
                then 'regressed'
            when next_entered_at is not null then 'moved'
            when journey_status = 'converted' then 'converted'
            when journey_status in ('abandoned', 'expired') then 'dropped_off'
        end as exit_kind
    from followed

),

final as (

    select
        {{ surrogate_key(['journey_key', 'visit_number']) }} as stage_visit_key,
        journey_key,
        {{ surrogate_key(['stage_code']) }} as stage_key,
        stage_code,
        previous_stage_code,
        stage_source,
        visit_number,
        cast(visit_number_of_stage as integer) as visit_number_of_stage,
        cast(stage_number as integer) as stage_number,
        stages_total,
        coalesce(stage_number < previous_stage_number, false) as is_regression,
        is_last_visit,
        exit_kind,
        cast({{ seconds_between('entered_at', 'exited_at') }} / 3600 as decimal(12, 2))
            as hours_in_stage,
        -- each stage has its share of the journey's time
        {{ seconds_between('entered_at', 'exited_at') }}
        <= expected_duration_days * 86400.0 / stages_total as is_within_time,
        entered_at as stage_entry_timestamp,
        exited_at as stage_exit_timestamp
    from ended

)

select * from final
