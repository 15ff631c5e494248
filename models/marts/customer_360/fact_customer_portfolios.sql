select

    -- keys
    portfolio_key,
    {{ date_key('report_date') }} as report_date_key,
    report_date,
    customer_key,
    primary_product_key,

    -- bands
    case
        when open_holdings = 0 then '0'
        when open_holdings = 1 then '1'
        when open_holdings = 2 then '2'
        when open_holdings <= 4 then '3-4'
        else '5 or more'
    end as product_count_band,
    case
        when customer_lifetime_value < 0 then '1: below 0'
        when customer_lifetime_value < 100 then '2: 0 to 100'
        when customer_lifetime_value < 500 then '3: 100 to 500'
        when customer_lifetime_value < 1000 then '4: 500 to 1,000'
        when customer_lifetime_value < 5000 then '5: 1,000 to 5,000'
        when customer_lifetime_value >= 5000 then '6: 5,000 or more'
    end as lifetime_value_band,

    -- products
    open_holdings,
    different_products,
    different_categories,
    active_holdings,
    dormant_holdings,
    opened_holdings,
    case when open_holdings > 0 then 1 else 0 end as owner_count,
    case when open_holdings = 1 then 1 else 0 end as single_product_count,
    case when open_holdings > 1 then 1 else 0 end as multi_product_count,
    case when different_categories > 1 then 1 else 0 end as cross_sold_count,
    case
        when holdings_from_before > 0 and opened_holdings > 0 then 1 else 0
    end as adopting_count,
    case when holdings_from_before > 0 then 1 else 0 end as earlier_owner_count,

    -- balances
    deposit_balance,
    investment_balance,
    loan_balance,
    credit_limit,
    cast(deposit_balance + investment_balance as decimal(18, 2)) as total_balance,
    case when deposit_balance is not null and open_holdings > 0 then 1 else 0 end
        as known_balance_count,

    -- value
    revenue_ytd,
    profit_ytd,
    revenue_12m,
    profit_12m,
    customer_lifetime_value,
    predicted_lifetime_value,
    risk_adjusted_value,
    wallet_share,
    share_of_wallet_potential,
    profitability_score

from {{ ref('silver_customer_portfolios') }}
