-- As of the build date the intervals, the months, the products and the portfolios tell the same
-- number of open holdings, and all but the products the same deposits and investments.
with

build_dates as (select * from {{ ref('int_core__build_dates') }}),

counts as (

    select
        'intervals' as told_by,
        count(*) as open_holdings,
        sum(case
            when intervals.balance_kind in ('deposit', 'investment') then intervals.balance
        end) as balance
    from {{ ref('fact_product_holdings') }} as intervals
    inner join build_dates
        on
            intervals.valid_from_date <= build_dates.as_of
            and coalesce(intervals.valid_to_date > build_dates.as_of, true)
    where intervals.is_open
    union all
    select
        'months' as told_by,
        coalesce(sum(months.open_count), 0) as open_holdings,
        sum(case when months.balance_kind in ('deposit', 'investment') then months.balance end)
            as balance
    from {{ ref('fact_product_holding_months') }} as months
    inner join build_dates on months.report_date = build_dates.as_of
    union all
    select
        'products' as told_by,
        coalesce(sum(products.open_holdings), 0) as open_holdings,
        null as balance
    from {{ ref('fact_product_months') }} as products
    inner join build_dates on products.report_date = build_dates.as_of
    union all
    select
        'portfolios' as told_by,
        coalesce(sum(portfolios.open_holdings), 0) as open_holdings,
        sum(portfolios.total_balance) as balance
    from {{ ref('fact_customer_portfolios') }} as portfolios
    inner join build_dates on portfolios.report_date = build_dates.as_of

)

select
    min(open_holdings) as fewest_holdings,
    max(open_holdings) as most_holdings,
    min(balance) as least_balance,
    max(balance) as greatest_balance
from counts
having
    min(open_holdings) <> max(open_holdings)
    or coalesce(min(balance) <> max(balance), false)
