with

conversions as (

    select
        session_key,
        count(*) as conversion_count,
        sum(coalesce(conversion_value, 0)) as conversion_value
    from {{ ref('silver_conversions') }}
    where session_key is not null
    group by session_key

),

interactions as (

    select
        session_key,
        count(*) filter (where interaction_type like '%click%' or interaction_type = 'tap')
            as total_clicks,
        count(*) filter (where interaction_type like '%scroll%') as total_scrolls,
        max(scroll_depth_pct) as max_scroll_depth_pct
    from {{ ref('silver_user_interactions') }}
    where session_key is not null
    group by session_key

),

final as (

    select
        coalesce(conversions.session_key, interactions.session_key) as session_key,
        coalesce(conversions.conversion_count, 0) as conversion_count,
        coalesce(conversions.conversion_value, 0) as conversion_value,
        coalesce(interactions.total_clicks, 0) as total_clicks,
        coalesce(interactions.total_scrolls, 0) as total_scrolls,
        interactions.max_scroll_depth_pct
    from conversions
    full outer join interactions on conversions.session_key = interactions.session_key

)

select * from final
