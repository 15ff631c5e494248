with

open_holdings as (

    select holdings.*
    from {{ ref('silver_product_holdings') }} as holdings
    cross join {{ ref('int_core__build_dates') }} as build_dates
    where
        holdings.is_open
        and holdings.valid_from_date <= build_dates.as_of
        and (holdings.valid_to_date is null or holdings.valid_to_date > build_dates.as_of)

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_key
            order by is_primary desc, opened_date asc, holding_key asc
        ) as holding_rank
    from open_holdings

),

last_transactions as (

    select
        holdings.customer_key,
        max(holdings.last_transaction_date) as last_transaction_date
    from {{ ref('silver_product_holdings') }} as holdings
    cross join {{ ref('int_core__build_dates') }} as build_dates
    where holdings.last_transaction_date <= build_dates.as_of
    group by holdings.customer_key

),

totals as (

    select
        customer_key,
        cast(count(*) as integer) as total_products,
        cast(count(case when is_active then 1 end) as integer) as active_products,
        max(case when holding_rank = 1 then coalesce(product_type, product_id) end)
            as primary_product,
        sum(balance) filter (where balance_kind in ('deposit', 'investment')) as total_balance,
        sum(balance) filter (where balance_kind = 'deposit') as total_deposits,
        sum(balance) filter (where balance_kind = 'loan') as total_loans,
        sum(credit_limit) as total_credit_limit
    from ranked
    group by customer_key

),

final as (

    select
        coalesce(totals.customer_key, last_transactions.customer_key) as customer_key,
        coalesce(totals.total_products, 0) as total_products,
        coalesce(totals.active_products, 0) as active_products,
        totals.primary_product,
        cast(totals.total_balance as decimal(18, 2)) as total_balance,
        cast(totals.total_deposits as decimal(18, 2)) as total_deposits,
        cast(totals.total_loans as decimal(18, 2)) as total_loans,
        cast(totals.total_credit_limit as decimal(18, 2)) as total_credit_limit,
        last_transactions.last_transaction_date
    from totals
    full outer join last_transactions
        on totals.customer_key = last_transactions.customer_key

)

select * from final
