with

-- the collector's own session id ties what is no page view to our session
source_sessions as (

    select
        source_system,
        source_session_id,
        session_key,
        session_start_timestamp
    from {{ ref('silver_web_pageviews') }}
    where source_session_id is not null
    group by all

),

activity as (

    select
        'conversion' as activity_type,
        conversion_id as activity_id,
        source_system,
        session_id as source_session_id,
        conversion_timestamp as activity_timestamp,
        coalesce(conversion_value, 0) as conversion_value,
        null as scroll_depth_pct
    from {{ ref('int_conversion_events__deduplicated') }}
    where session_id is not null
    union all
    select
        lower(interaction_type) as activity_type,
        interaction_id as activity_id,
        source_system,
        session_id as source_session_id,
        interaction_timestamp as activity_timestamp,
        0 as conversion_value,
        scroll_depth_pct
    from {{ ref('int_user_interactions__deduplicated') }}
    where session_id is not null

),

-- where we cut one of the collector's sessions in two, an event belongs to the part that had begun;
-- what comes before its first page view belongs to the first part
activity_placed as (

    select
        activity.*,
        source_sessions.session_key
    from activity
    inner join source_sessions
        on
            activity.source_system = source_sessions.source_system
            and activity.source_session_id = source_sessions.source_session_id
    qualify row_number() over (
        partition by activity.activity_type, activity.activity_id
        order by
            case
                when source_sessions.session_start_timestamp <= activity.activity_timestamp then 0
                else 1
            end,
            abs({{ seconds_between(
                'source_sessions.session_start_timestamp', 'activity.activity_timestamp'
            ) }}),
            source_sessions.session_key
    ) = 1

),

final as (

    select
        session_key,
        count(*) filter (where activity_type = 'conversion') as conversion_count,
        sum(conversion_value) as conversion_value,
        count(*) filter (where activity_type like '%click%' or activity_type = 'tap')
            as total_clicks,
        count(*) filter (where activity_type like '%scroll%') as total_scrolls,
        max(scroll_depth_pct) as max_scroll_depth_pct
    from activity_placed
    group by session_key

)

select * from final
