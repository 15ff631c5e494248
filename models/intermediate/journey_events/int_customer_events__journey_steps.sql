{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['event_key'],
    meta={
        'touched_by': {'journey_key': {'int_customer_events__delivered': 'journey_key'}},
        'units': ['event_key'],
    },
) }}

select
    event_key,
    journey_key,
    row_number() over (
        partition by journey_key order by event_timestamp, event_key
    ) as journey_sequence_number,
    {{ batch_number() }} as derived_in_batch
from {{ ref('int_customer_events__delivered') }}
where
    journey_key is not null
    {% if is_incremental() %}
        and journey_key in ({{ touched('journey_key') }})
    {% endif %}
