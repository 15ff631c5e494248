-- who is through has an end, not before the start; who is not has none; and one thing ended it
select
    journey_key,
    journey_status,
    journey_end_timestamp
from {{ ref('fact_journeys') }}
where
    (journey_status in ('entered', 'active')) <> (journey_end_timestamp is null)
    or journey_end_timestamp < journey_start_timestamp
    or conversion_flag <> (journey_status = 'converted')
    or abandonment_flag <> (journey_status = 'abandoned')
    or (conversion_value is not null and not conversion_flag)
    or completion_rate not between 0 and 100
