with

holdings as (select * from {{ ref('silver_product_holding_months') }}),

owners as (

    select
        report_date,
        count(distinct customer_key) as customers
    from holdings
    where is_open
    group by report_date

),

products as (

    select
        report_date,
        product_key,
        count(distinct customer_key) as owners,
        count(*) as open_holdings
    from holdings
    where is_open
    group by report_date, product_key

),

final as (

    select
        {{ surrogate_key(['products.product_key', 'products.report_date']) }} as product_month_key,
        {{ date_key('products.report_date') }} as report_date_key,
        products.report_date,
        products.product_key,
        cast(products.owners as bigint) as owners,
        cast(owners.customers as bigint) as customers,
        cast(products.open_holdings as bigint) as open_holdings
    from products
    inner join owners on products.report_date = owners.report_date

)

select * from final
