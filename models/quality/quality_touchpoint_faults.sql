with

faults as (select * from {{ ref('int_touchpoints__faults') }}),

channels as (select * from {{ ref('dim_channel') }}),

touchpoints as (

    select
        channel_key,
        cast(touchpoint_timestamp as date) as touchpoint_date,
        count(*) as touchpoint_count
    from {{ ref('int_touchpoints__responded') }}
    group by channel_key, cast(touchpoint_timestamp as date)

),

counted as (

    select
        fault,
        channel_key,
        cast(touchpoint_timestamp as date) as touchpoint_date,
        count(*) as faulty_touchpoint_count
    from faults
    group by fault, channel_key, cast(touchpoint_timestamp as date)

),

final as (

    select
        counted.touchpoint_date,
        channels.channel_name,
        counted.fault,
        counted.faulty_touchpoint_count,
        touchpoints.touchpoint_count
    from counted
    inner join touchpoints
        on
            counted.channel_key = touchpoints.channel_key
            and counted.touchpoint_date = touchpoints.touchpoint_date
    inner join channels on counted.channel_key = channels.channel_key

)

select * from final
