{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['touchpoint_key'],
    meta={
        'touched_by': {'journey_key': {'int_touchpoints__responded': 'journey_key'}},
        'units': ['journey_key'],
    },
) }}

select
    touchpoint_key,
    journey_key,
    cast(row_number() over (
        partition by journey_key order by touchpoint_timestamp, touchpoint_id
    ) as integer) as sequence_in_journey,
    {{ batch_number() }} as derived_in_batch
from {{ ref('int_touchpoints__responded') }}
where
    journey_key is not null and not is_held_out
    {% if is_incremental() %}
        and journey_key in ({{ touched('journey_key') }})
    {% endif %}
