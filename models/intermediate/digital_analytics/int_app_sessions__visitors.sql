{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {'visitor_key': {'int_app_sessions__aggregated': 'visitor_key'}},
        'units': ['session_key'],
    },
) }}

-- What a session is told by the visitor's other sessions, on narrow rows, since all are read.
with

sessions as (

    select
        session_key,
        visitor_key,
        login_customer_key,
        row_number() over (
            partition by visitor_key order by session_start_timestamp, session_key
        ) as visitor_session_number,
        min(device_id) over (partition by visitor_key) as device_id,
        min(lowest_customer_key) over (partition by visitor_key) as lowest_customer_key,
        max(highest_customer_key) over (partition by visitor_key) as highest_customer_key
    from {{ ref('int_app_sessions__aggregated') }}
    {% if is_incremental() %}
        where visitor_key in ({{ touched('visitor_key') }})
    {% endif %}

),

final as (

    select
        session_key,
        visitor_key,
        device_id,
        visitor_session_number,
        -- a device that two people log in on says nothing of who the anonymous visitor is
        coalesce(
            login_customer_key,
            case when lowest_customer_key = highest_customer_key then lowest_customer_key end
        ) as customer_key,
        {{ batch_number() }} as derived_in_batch
    from sessions

)

select * from final
