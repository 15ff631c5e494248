{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {'person_key': {'int_sessions__aggregated': 'person_key'}},
        'units': ['session_key'],
    },
) }}

-- What a person's other sessions say of one. On narrow rows, since all of them are read.
with

sessions as (

    select
        session_key,
        person_key,
        journey_key,
        session_start_timestamp,
        pageview_count + app_event_count + device_event_count + click_event_count
        + touch_click_count + other_event_count = 0 as is_background
    from {{ ref('int_sessions__aggregated') }}
    {% if is_incremental() %}
        where person_key in ({{ touched('person_key') }})
    {% endif %}

),

final as (

    select
        session_key,
        person_key,
        is_background,
        -- who pays with a card before they first come by is new when they come by
        row_number() over (
            partition by person_key, is_background order by session_start_timestamp, session_key
        ) as person_session_number,
        -- a journey is one customer's
        case
            when journey_key is not null
                then row_number() over (
                    partition by person_key, journey_key
                    order by session_start_timestamp, session_key
                )
        end as journey_session_number,
        {{ batch_number() }} as derived_in_batch
    from sessions

)

select * from final
