-- Made anew: hours are few, and a late event can fall into any.
with

events as (

    select
        date_trunc('hour', event_timestamp) as hour_timestamp,
        date_trunc('minute', event_timestamp) as minute_timestamp,
        count(*) as event_count
    from {{ ref('silver_customer_events') }}
    where {{ var("include_bots") }} or not (is_bot or is_test)
    group by all

),

final as (

    select
        {{ surrogate_key(['hour_timestamp']) }} as event_hour_key,
        {{ date_key('hour_timestamp') }} as event_date_key,
        cast(hour(hour_timestamp) * 100 as integer) as event_time_key,
        cast(sum(event_count) as integer) as event_count,
        cast(max(event_count) as integer) as peak_minute_event_count,
        hour_timestamp
    from events
    group by hour_timestamp

)

select * from final
