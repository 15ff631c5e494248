with

sold as (

    select
        product_id,
        product_name,
        product_category,
        conversion_timestamp
    from {{ ref('silver_conversions') }}
    where product_id is not null
    qualify row_number() over (
        partition by product_id
        order by
            case when product_name is null then 1 else 0 end asc,
            conversion_timestamp desc,
            conversion_id asc
    ) = 1

),

held as (

    select
        product_id,
        product_category,
        product_type,
        relationship_timestamp
    from {{ ref('stg_customer_360__customer_products') }}
    where rejection_reason is null and product_id is not null
    qualify row_number() over (
        partition by product_id
        order by
            case when product_type is null then 1 else 0 end asc,
            relationship_timestamp desc,
            product_relationship_id asc,
            ingestion_timestamp desc,
            product_type asc,
            product_category asc
    ) = 1

),

final as (

    select
        {{ surrogate_key(['coalesce(sold.product_id, held.product_id)']) }} as product_key,
        coalesce(sold.product_id, held.product_id) as product_id,
        sold.product_name,
        coalesce(held.product_category, sold.product_category) as product_category,
        held.product_type
    from sold
    full outer join held on sold.product_id = held.product_id

)

select * from final
