with

-- what conversions, holdings and events say of products, each thing said once
said_when_sold as (

    select
        product_id,
        product_name,
        product_category,
        max(conversion_timestamp) as last_said_at
    from {{ ref('silver_conversions') }}
    where product_id is not null
    group by product_id, product_name, product_category

),

said_when_held as (

    select
        product_id,
        product_category,
        product_type,
        max(relationship_timestamp) as last_said_at
    from {{ ref('stg_customer_360__customer_products') }}
    where rejection_reason is null and product_id is not null
    group by product_id, product_category, product_type

),

said_when_seen as (

    select
        product_id,
        product_category,
        max(event_timestamp) as last_said_at
    from {{ ref('stg_journey_events__customer_events') }}
    where rejection_reason is null and product_id is not null
    group by product_id, product_category

),

-- the last that names the product counts
sold as (

    select *
    from said_when_sold
    qualify row_number() over (
        partition by product_id
        order by
            case when product_name is null then 1 else 0 end asc,
            last_said_at desc,
            product_name asc,
            product_category asc
    ) = 1

),

held as (

    select *
    from said_when_held
    qualify row_number() over (
        partition by product_id
        order by
            case when product_type is null then 1 else 0 end asc,
            last_said_at desc,
            product_type asc,
            product_category asc
    ) = 1

),

seen as (

    select *
    from said_when_seen
    qualify row_number() over (
        partition by product_id order by last_said_at desc, product_category asc
    ) = 1

),

known as (

    select product_id from sold
    union distinct
    select product_id from held
    union distinct
    select product_id from seen

),

final as (

    select
        {{ surrogate_key(['known.product_id']) }} as product_key,
        known.product_id,
        sold.product_name,
        coalesce(held.product_category, sold.product_category, seen.product_category)
            as product_category,
        held.product_type
    from known
    left join sold on known.product_id = sold.product_id
    left join held on known.product_id = held.product_id
    left join seen on known.product_id = seen.product_id

)

select * from final
