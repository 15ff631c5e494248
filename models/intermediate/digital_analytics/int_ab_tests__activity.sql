with

sessions as (

    select
        visitor_key,
        source_customer_key,
        session_key as activity_key,
        session_start_timestamp as began_at,
        session_end_timestamp as ended_at,
        1 as sessions,
        total_pageviews as page_views,
        case when bounce_flag then 1 else 0 end as bounces,
        0 as crashes,
        0 as conversions,
        cast(0 as decimal(18, 2)) as conversion_value
    from {{ ref('silver_web_sessions') }}
    union all
    select
        visitor_key,
        source_customer_key,
        session_key as activity_key,
        session_start_timestamp as began_at,
        session_end_timestamp as ended_at,
        1 as sessions,
        total_screens_viewed as page_views,
        0 as bounces,
        crash_count as crashes,
        0 as conversions,
        cast(0 as decimal(18, 2)) as conversion_value
    from {{ ref('silver_mobile_sessions') }}

),

places as (

    select * from {{ ref('silver_web_event_sessions') }}
    where event_kind = 'conversion'

),

conversions as (

    select
        places.visitor_key,
        conversions.source_customer_key,
        conversions.conversion_key as activity_key,
        conversions.conversion_timestamp as began_at,
        conversions.conversion_timestamp as ended_at,
        0 as sessions,
        0 as page_views,
        0 as bounces,
        0 as crashes,
        1 as conversions,
        conversions.conversion_value
    from {{ ref('silver_conversions') }} as conversions
    left join places on conversions.conversion_key = places.event_key

),

happened as (

    select * from sessions
    union all
    select * from conversions

),

-- once for its browser or app install, once for the customer who was logged in
final as (

    select
        visitor_key as follower_key,
        activity_key,
        began_at,
        ended_at,
        sessions,
        page_views,
        bounces,
        crashes,
        conversions,
        conversion_value
    from happened
    where visitor_key is not null
    union all
    select
        source_customer_key as follower_key,
        activity_key,
        began_at,
        ended_at,
        sessions,
        page_views,
        bounces,
        crashes,
        conversions,
        conversion_value
    from happened
    where source_customer_key is not null

)

select * from final
