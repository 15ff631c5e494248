with

holdings as (

    select
        holding_key,
        customer_key,
        min(opened_date) as opened_date,
        max(closed_date) as closed_date
    from {{ ref('silver_product_holdings') }}
    group by holding_key, customer_key

),

numbered as (

    select
        *,
        rank() over (partition by customer_key order by opened_date) as opening_rank
    from holdings

),

moments as (

    select
        customer_key,
        opened_date as moment_date,
        1 as products,
        case when opening_rank > 1 then 1 else 0 end as further_products
    from numbered
    union all
    select
        customer_key,
        greatest(closed_date, opened_date) as moment_date,
        -1 as products,
        0 as further_products
    from numbered
    where closed_date is not null

),

final as (

    select
        customer_key,
        moment_date,
        sum(products) as products,
        sum(further_products) as further_products
    from moments
    group by customer_key, moment_date

)

select * from final
