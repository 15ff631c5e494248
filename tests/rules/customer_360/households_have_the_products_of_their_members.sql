-- today's open products and balances of all households are those of their members, to the cent
with

told as (

    select
        sum(total_products) as products,
        sum(total_balance) as balance,
        sum(total_loans) as loans
    from {{ ref('silver_household_states') }}
    where is_current

),

held as (

    select
        count(*) as products,
        sum(case when holdings.balance_kind in ('deposit', 'investment') then holdings.balance end)
            as balance,
        sum(case when holdings.balance_kind = 'loan' then holdings.balance end) as loans
    from {{ ref('silver_product_holdings') }} as holdings
    cross join {{ ref('int_core__build_dates') }} as build_dates
    inner join {{ ref('silver_household_members') }} as members
        on holdings.customer_key = members.customer_key and members.is_current
    where
        holdings.is_open
        and holdings.valid_from_date <= build_dates.as_of
        and coalesce(holdings.valid_to_date > build_dates.as_of, true)

)

select
    told.*,
    held.products as products_held,
    held.balance as balance_held,
    held.loans as loans_held
from told
cross join held
where
    coalesce(told.products, 0) <> held.products
    or coalesce(told.balance, 0) <> coalesce(held.balance, 0)
    or coalesce(told.loans, 0) <> coalesce(held.loans, 0)
