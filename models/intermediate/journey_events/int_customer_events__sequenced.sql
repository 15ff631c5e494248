{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['event_key'],
    meta={
        'touched_by': {'session_key': {'silver_session_parts': 'session_key'}},
        'selected_by': {
            'part_key': {
                'int_customer_events__delivered': 'event_key',
                'int_customer_events__arrivals': 'event_key',
                'int_customer_events__journey_steps': 'event_key',
                'silver_web_sessions': 'session_key',
                'silver_mobile_sessions': 'session_key',
            },
        },
        'units': ['event_key'],
    },
) }}

with

{% if is_incremental() %}
    touched_sessions as (

        {{ touched('session_key') }}
        union all
        select parts.session_key
        from {{ ref('silver_session_parts') }} as parts
        where parts.part_key in ({{ touched('part_key') }})

    ),
{% endif %}

parts as (

    select * from {{ ref('silver_session_parts') }}
    {% if is_incremental() %}
        where session_key in (select touched_sessions.session_key from touched_sessions)
    {% endif %}

),

devices as (

    select
        session_key,
        nullif(device_key, -1) as device_key
    from {{ ref('silver_web_sessions') }}
    union all
    select
        session_key,
        nullif(device_key, -1) as device_key
    from {{ ref('silver_mobile_sessions') }}

),

-- an event on a device happened on that of the sitting's first web or app session
sitting_devices as (

    select
        parts.sitting_key,
        min_by(devices.device_key, parts.part_number) as device_key
    from parts
    inner join devices on parts.part_key = devices.session_key
    where parts.part_kind in ('web_session', 'app_session') and devices.device_key is not null
    group by parts.sitting_key

),

events as (

    select
        parts.*,
        events.event_timestamp,
        arrivals.first_ingestion_timestamp,
        events.visitor_id_type in ('device', 'session') as is_on_device
    from parts
    inner join {{ ref('int_customer_events__delivered') }} as events
        on parts.part_key = events.event_key
    left join {{ ref('int_customer_events__arrivals') }} as arrivals
        on parts.part_key = arrivals.event_key
    where parts.part_kind = 'customer_event'

),

sequenced as (

    select
        *,
        row_number() over session as session_sequence_number,
        lag(event_timestamp) over session as previous_timestamp,
        lead(part_key) over session is null as is_last,
        -- what had come before it although it happened after it
        max(event_timestamp) over (
            partition by session_key
            order by
                coalesce(
                    first_ingestion_timestamp, timestamp '{{ var("latest_event_date") }} 00:00:00'
                ),
                event_timestamp,
                part_key
            rows between unbounded preceding and 1 preceding
        ) as latest_timestamp_so_far
    from events
    window session as (partition by session_key order by part_number)

),

final as (

    select
        sequenced.part_key as event_key,
        sequenced.session_key,
        sequenced.customer_key as session_customer_key,
        sequenced.session_sequence_number,
        steps.journey_sequence_number,
        case when sequenced.is_on_device then sitting_devices.device_key end as device_key,
        sequenced.is_last,
        coalesce(sequenced.latest_timestamp_so_far > sequenced.event_timestamp, false)
        and sequenced.first_ingestion_timestamp is not null as is_out_of_order,
        cast(
            floor({{ seconds_between(
                'sequenced.session_start_timestamp', 'sequenced.event_timestamp'
            ) }}) as integer
        ) as time_since_session_start_seconds,
        cast(
            floor({{ seconds_between(
                'sequenced.previous_timestamp', 'sequenced.event_timestamp'
            ) }}) as integer
        ) as time_since_previous_event_seconds,
        {{ batch_number() }} as derived_in_batch
    from sequenced
    left join sitting_devices on sequenced.sitting_key = sitting_devices.sitting_key
    left join {{ ref('int_customer_events__journey_steps') }} as steps
        on sequenced.part_key = steps.event_key

)

select * from final
