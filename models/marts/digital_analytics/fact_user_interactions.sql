{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['interaction_key'],
    meta={
        'touched_by': {
            'interaction_key': {
                'silver_user_interactions': 'interaction_key',
                'silver_web_event_sessions': 'event_key',
            },
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
    },
) }}

with

interactions as (

    select * from {{ ref('silver_user_interactions') }}
    {% if is_incremental() %}
        where
            interaction_key in ({{ touched('interaction_key') }})
            or source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

places as (

    select * from {{ ref('silver_web_event_sessions') }}
    where event_kind = 'interaction'

),

identities as (select * from {{ ref('silver_customer_identities') }}),

platforms as (select * from {{ ref('dim_platform') }}),

final as (

    select

        -- keys
        interactions.interaction_key,
        {{ date_key('interactions.interaction_timestamp') }} as interaction_date_key,
        places.session_key,
        places.visitor_key,
        coalesce(
            identities.customer_key, interactions.source_customer_key, places.customer_key
        ) as customer_key,
        interactions.page_key,
        coalesce(platforms.platform_key, -1) as platform_key,
        coalesce(places.channel_key, {{ surrogate_key(["'Unassigned'"]) }}) as channel_key,

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
    left join places on interactions.interaction_key = places.event_key
    left join identities on interactions.source_customer_key = identities.source_customer_key
    left join platforms on lower(interactions.platform) = platforms.platform_name
    where {{ var("include_bots") }} or not coalesce(places.is_bot or places.is_test, false)

)

select * from final
