with

conversions as (

    select * from {{ ref('silver_conversions') }}

),

sessions as (select * from {{ ref('silver_web_sessions') }}),

platforms as (select * from {{ ref('dim_platform') }}),

final as (

    select

        -- keys
        conversions.conversion_key,
        {{ date_key('conversions.conversion_timestamp') }} as conversion_date_key,
        conversions.session_key,
        conversions.visitor_key,
        case
            when conversions.customer_id is null then sessions.customer_key
            else {{ surrogate_key(['conversions.source_system', 'conversions.customer_id']) }}
        end as customer_key,
        {{ surrogate_key(['conversions.product_id']) }} as product_key,
        {{ page_key_of_url('conversions.page_url') }} as page_key,
        coalesce(platforms.platform_key, -1) as platform_key,
        coalesce(sessions.channel_key, {{ surrogate_key(["'Unassigned'"]) }}) as channel_key,
        coalesce(sessions.campaign_key, -1) as campaign_key,

        -- attributes
        lower(conversions.conversion_type) as conversion_type,
        case
            when lower(conversions.conversion_category) = 'macro' then 'macro'
            when lower(conversions.conversion_category) = 'micro' then 'micro'
            when lower(conversions.conversion_type) in ('purchase', 'signup') then 'macro'
            else 'micro'
        end as conversion_class,
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
    left join sessions on conversions.session_key = sessions.session_key
    left join platforms on lower(conversions.platform) = platforms.platform_name
    where
        {{ var("include_bots") }}
        or not (
            conversions.is_bot or conversions.is_test
            or coalesce(sessions.is_bot or sessions.is_test, false)
        )

)

select * from final
