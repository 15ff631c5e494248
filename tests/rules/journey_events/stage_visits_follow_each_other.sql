-- a journey is in one stage at a time, from its first visit on to its end, without gap or overlap,
-- and only an open journey is still in one
with

visits as (

    select
        visits.journey_key,
        visits.visit_number,
        visits.is_last_visit,
        visits.exit_kind,
        visits.stage_entry_timestamp,
        visits.stage_exit_timestamp,
        journeys.journey_end_timestamp,
        lead(visits.stage_entry_timestamp) over by_visit as next_entry_timestamp,
        lag(visits.visit_number) over by_visit as previous_visit_number
    from {{ ref('fact_journey_stages') }} as visits
    inner join {{ ref('fact_journeys') }} as journeys
        on visits.journey_key = journeys.journey_key
    window by_visit as (partition by visits.journey_key order by visits.visit_number)

)

select
    journey_key,
    visit_number
from visits
where
    stage_exit_timestamp
    is distinct from coalesce(next_entry_timestamp, journey_end_timestamp)
    or stage_exit_timestamp < stage_entry_timestamp
    or visit_number <> coalesce(previous_visit_number, 0) + 1
    or is_last_visit <> (next_entry_timestamp is null)
    or (exit_kind is null) <> (stage_exit_timestamp is null)
