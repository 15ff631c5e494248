{{ config(group='journey_events') }}

-- Programs' events are here too: the pipeline carries them all.
with

events as (

    select
        event_key,
        event_date,
        event_timestamp,
        coalesce(channel_code, '(unknown)') as event_channel,
        client_to_server_ms,
        clock_skew_ms,
        server_to_ingestion_ms,
        event_to_ingestion_ms,
        is_late,
        is_out_of_order
    from {{ ref('silver_customer_events') }}

),

-- of what came more than once only the key and how often: that is little
delivered_again as (

    select
        {{ surrogate_key(['event_id']) }} as event_key,
        count(*) - 1 as repeat_count
    from {{ ref('stg_journey_events__customer_events') }}
    where rejection_reason is null
    group by event_id
    having count(*) > 1

),

repeats as (

    select
        events.event_date,
        events.event_channel,
        sum(delivered_again.repeat_count) as repeat_count
    from delivered_again
    inner join events on delivered_again.event_key = events.event_key
    group by events.event_date, events.event_channel

),

minutes as (

    select
        event_date,
        event_channel,
        date_trunc('minute', event_timestamp) as minute_timestamp,
        count(*) as minute_event_count
    from events
    group by all

),

peaks as (

    select
        event_date,
        event_channel,
        max(minute_event_count) as peak_minute_event_count
    from minutes
    group by event_date, event_channel

),

counted as (

    select
        event_date,
        event_channel,
        count(*) as event_count,
        count(client_to_server_ms) as timed_event_count,
        {% for column, name in [
            ('client_to_server_ms', 'client_to_server'), ('server_to_ingestion_ms', 'server_to_ingestion'),
            ('event_to_ingestion_ms', 'event_to_ingestion'),
        ] %}
            {% for percent in [50, 95, 99] %}
                percentile_cont({{ percent / 100 }}) within group (order by {{ column }})
                    as {{ name }}_p{{ percent }}_ms,
            {% endfor %}
        {% endfor %}
        count(*) filter (where client_to_server_ms > {{ var("event_latency_target_ms") }})
            as over_target_count,
        count(*) filter (where clock_skew_ms > 0) as skewed_count,
        max(clock_skew_ms) as max_clock_skew_ms,
        count(*) filter (where is_late) as late_count,
        count(*) filter (where is_out_of_order) as out_of_order_count
    from events
    group by event_date, event_channel

),

final as (

    select
        counted.*,
        cast(coalesce(repeats.repeat_count, 0) as bigint) as repeat_count,
        peaks.peak_minute_event_count,
        counted.event_count / 24.0 as events_per_hour
    from counted
    inner join peaks
        on
            counted.event_date = peaks.event_date
            and counted.event_channel = peaks.event_channel
    left join repeats
        on
            counted.event_date = repeats.event_date
            and counted.event_channel = repeats.event_channel

)

select * from final
