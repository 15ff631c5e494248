{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['journey_key', 'visit_number'],
    meta={
        'touched_by': {
            'journey_key': {
                'silver_journey_measurements': 'journey_key',
                'int_journeys__activity': 'journey_key',
                'silver_journey_assertions': 'journey_key',
            },
        },
    },
) }}

with

{% if is_incremental() %}
    touched_journeys as ({{ touched('journey_key') }}),
{% endif %}

marks as (

    select
        journey_key,
        entered_stage_code as stage_code,
        measurement_timestamp as marked_at,
        measured_value as told_number,
        1 as source_rank
    from {{ ref('silver_journey_measurements') }}
    where journey_key is not null and entered_stage_code is not null
    union all
    select
        journey_key,
        stage_code,
        activity_timestamp as marked_at,
        null as told_number,
        2 as source_rank
    from {{ ref('int_journeys__activity') }}
    where stage_code is not null
    union all
    select
        journey_key,
        asserted_stage_code as stage_code,
        coalesce(current_stage_since, journey_start_timestamp) as marked_at,
        null as told_number,
        3 as source_rank
    from {{ ref('silver_journey_assertions') }}
    where asserted_stage_code is not null

),

-- a stage that was entered is a fact, one written beside an event is a belief about it, and what
-- the instance says is only where it ended: the best that an instance has is its history
best_marks as (

    select * from marks
    {% if is_incremental() %}
        where journey_key in (select touched_journeys.journey_key from touched_journeys)
    {% endif %}
    qualify source_rank = min(source_rank) over (partition by journey_key)

),

compared as (

    select
        *,
        lag(stage_code) over by_time as previous_stage_code
    from best_marks
    window by_time as (
        partition by journey_key order by marked_at, told_number nulls last, stage_code
    )

),

-- marks of the same stage in a row are one visit
numbered as (

    select
        *,
        sum(case when stage_code = previous_stage_code then 0 else 1 end) over (
            partition by journey_key order by marked_at, told_number nulls last, stage_code
            rows between unbounded preceding and current row
        ) as visit_number
    from compared

),

final as (

    select
        journey_key,
        cast(visit_number as integer) as visit_number,
        stage_code,
        case source_rank
            when 1 then 'measurement' when 2 then 'event' else 'asserted'
        end as stage_source,
        min(marked_at) as entered_at,
        {{ batch_number() }} as derived_in_batch
    from numbered
    group by journey_key, visit_number, stage_code, source_rank

)

select * from final
