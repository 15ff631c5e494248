{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['conversion_key'],
    meta={
        'touched_by': {
            'conversion_key': {
                'silver_conversions': 'conversion_key',
                'silver_web_event_sessions': 'event_key',
            },
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
    },
) }}

with

conversions as (

    select * from {{ ref('silver_conversions') }}
    {% if is_incremental() %}
        where
            conversion_key in ({{ touched('conversion_key') }})
            or source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

places as (

    select * from {{ ref('silver_web_event_sessions') }}
    where event_kind = 'conversion'

),

identities as (select * from {{ ref('silver_customer_identities') }}),

platforms as (select * from {{ ref('dim_platform') }}),

final as (

    select

        -- keys
        conversions.conversion_key,
        {{ date_key('conversions.conversion_timestamp') }} as conversion_date_key,
        places.session_key,
        places.visitor_key,
        coalesce(
            identities.customer_key, conversions.source_customer_key, places.customer_key
        ) as customer_key,
        {{ surrogate_key(['conversions.product_id']) }} as product_key,
        conversions.page_key,
        coalesce(platforms.platform_key, -1) as platform_key,
        coalesce(places.channel_key, {{ surrogate_key(["'Unassigned'"]) }}) as channel_key,
        coalesce(places.campaign_key, -1) as campaign_key,

        -- attributes
        lower(conversions.conversion_type) as conversion_type,
        conversions.conversion_class,
        conversions.goal_id,
        conversions.goal_name,
        upper(conversions.conversion_currency) as conversion_currency,
        conversions.goal_id is not null as is_goal,

        -- measures
        conversions.conversion_value,
        conversions.quantity as conversion_quantity,
        conversions.touchpoints_to_conversion,
        conversions.time_to_conversion_minutes,
        1 as conversion_count,

        -- timestamps
        conversions.conversion_timestamp

    from conversions
    left join places on conversions.conversion_key = places.event_key
    left join identities on conversions.source_customer_key = identities.source_customer_key
    left join platforms on lower(conversions.platform) = platforms.platform_name
    where {{ var("include_bots") }} or not coalesce(places.is_bot or places.is_test, false)

)

select * from final
