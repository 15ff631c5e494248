with

interactions as (

    select * from {{ ref('silver_user_interactions') }}

),

sessions as (select * from {{ ref('silver_web_sessions') }}),

platforms as (select * from {{ ref('dim_platform') }}),

final as (

    select

        -- keys
        interactions.interaction_key,
        {{ date_key('interactions.interaction_timestamp') }} as interaction_date_key,
        interactions.session_key,
        interactions.visitor_key,
        case
            when interactions.customer_id is null then sessions.customer_key
            else {{ surrogate_key(['interactions.source_system', 'interactions.customer_id']) }}
        end as customer_key,
        {{ page_key_of_url('interactions.page_url') }} as page_key,
        coalesce(platforms.platform_key, -1) as platform_key,
        coalesce(sessions.channel_key, {{ surrogate_key(["'Unassigned'"]) }}) as channel_key,

        -- attributes
        interactions.interaction_type,
        interactions.element_id,
        interactions.element_name,
        interactions.element_type,
        interactions.device_type,
        coalesce(
            interactions.interaction_type like '%click%' or interactions.interaction_type = 'tap',
            false
        ) as is_click,
        coalesce(interactions.interaction_type like 'rage%', false) as is_rage_click,
        coalesce(interactions.interaction_type like 'dead%', false) as is_dead_click,
        coalesce(interactions.interaction_type like '%scroll%', false) as is_scroll,

        -- measures
        interactions.scroll_depth_pct,
        interactions.time_to_interaction_ms,
        1 as interaction_count,

        -- timestamps
        interactions.interaction_timestamp

    from interactions
    left join sessions on interactions.session_key = sessions.session_key
    left join platforms on lower(interactions.platform) = platforms.platform_name
    where
        {{ var("include_bots") }}
        or not (
            interactions.is_bot or interactions.is_test
            or coalesce(sessions.is_bot or sessions.is_test, false)
        )

)

select * from final
