with

sessions as (

    select * from {{ ref('silver_web_sessions') }}
    where {{ var("include_bots") }} or not (is_bot or is_test)

),

steps_seen as (

    select
        assigned.session_key,
        pageviews.pageview_timestamp as seen_at,
        pages.is_product_page,
        pages.is_cart_page,
        pages.is_checkout_page
    from {{ ref('silver_web_pageviews') }} as pageviews
    inner join {{ ref('silver_web_pageview_sessions') }} as assigned
        on pageviews.pageview_key = assigned.pageview_key
    inner join {{ ref('dim_page') }} as pages on pageviews.page_key = pages.page_key
    where pages.is_product_page or pages.is_checkout_page

),

purchases as (

    select
        places.session_key,
        max(conversions.conversion_timestamp) as last_purchase_at
    from {{ ref('silver_conversions') }} as conversions
    inner join {{ ref('silver_web_event_sessions') }} as places
        on
            conversions.conversion_key = places.event_key
            and places.event_kind = 'conversion'
    where lower(conversions.conversion_type) = 'purchase'
    group by places.session_key

),

first_steps as (

    select
        session_key,
        min(case when is_product_page then seen_at end) as product_seen_at,
        min(case when is_cart_page then seen_at end) as cart_seen_at,
        min(case when is_checkout_page and not is_cart_page then seen_at end) as checkout_seen_at
    from steps_seen
    group by session_key

),

-- best attempt: an order counts after a product if any cart or checkout page came after the product
orders_after_product as (

    select
        first_steps.session_key,
        min(steps_seen.seen_at) as order_begun_at
    from first_steps
    inner join steps_seen
        on
            first_steps.session_key = steps_seen.session_key
            and first_steps.product_seen_at <= steps_seen.seen_at
            and steps_seen.is_checkout_page
    group by first_steps.session_key

),

final as (

    select

        -- keys
        {{ surrogate_key(['first_steps.session_key']) }} as purchase_funnel_key,
        first_steps.session_key,
        {{ date_key('sessions.session_start_timestamp') }} as session_date_key,
        sessions.visitor_key,
        sessions.customer_key,
        sessions.channel_key,
        sessions.campaign_key,
        sessions.device_key,

        -- the funnel, in order
        first_steps.product_seen_at is not null as is_entered,
        orders_after_product.order_begun_at is not null as is_order_begun,
        coalesce(purchases.last_purchase_at >= orders_after_product.order_begun_at, false)
            as is_completed,
        case
            when purchases.last_purchase_at >= orders_after_product.order_begun_at
                then '3 purchase'
            when orders_after_product.order_begun_at is not null then '2 cart or checkout'
            when first_steps.product_seen_at is not null then '1 product'
        end as last_step,

        -- its parts, wherever the session began
        first_steps.cart_seen_at is not null as is_cart_seen,
        first_steps.cart_seen_at is not null
        and not coalesce(purchases.last_purchase_at >= first_steps.cart_seen_at, false)
            as is_cart_abandoned,
        first_steps.checkout_seen_at is not null as is_checkout_seen,
        first_steps.checkout_seen_at is not null
        and not coalesce(purchases.last_purchase_at >= first_steps.checkout_seen_at, false)
            as is_checkout_abandoned,

        -- timestamps
        sessions.session_start_timestamp

    from first_steps
    inner join sessions on first_steps.session_key = sessions.session_key
    left join purchases on first_steps.session_key = purchases.session_key
    left join orders_after_product
        on first_steps.session_key = orders_after_product.session_key

)

select * from final
