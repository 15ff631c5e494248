with

reports as (select * from {{ ref('int_month_ends') }}),

holdings as (select * from {{ ref('silver_product_holding_months') }}),

measured as (select * from {{ ref('silver_customer_value') }}),

-- who has a product, or whose value was measured in the year up to the day
owned as (

    select
        customer_key,
        report_date,
        count(case when is_open then 1 end) as open_holdings,
        count(distinct case when is_open then product_key end) as different_products,
        count(distinct case when is_open then product_category end) as different_categories,
        count(case when is_known then 1 end) as known_holdings,
        count(case when is_active then 1 end) as active_holdings,
        count(case when is_dormant then 1 end) as dormant_holdings,
        count(case when is_opened then 1 end) as opened_holdings,
        count(case when is_closed then 1 end) as closed_holdings,
        count(case when is_from_before then 1 end) as holdings_from_before,
        -- the flagged one that is held longest, else the one that is
        min_by(
            product_key,
            concat(
                case when is_primary then '0' else '1' end,
                cast(opened_date as string),
                lpad(cast(product_key as string), 20, '0')
            )
        ) filter (where is_open) as primary_product_key,
        sum(case when balance_kind = 'deposit' then balance end) as deposit_balance,
        sum(case when balance_kind = 'investment' then balance end) as investment_balance,
        sum(case when balance_kind = 'loan' then balance end) as loan_balance,
        sum(credit_limit) as credit_limit
    from holdings
    group by customer_key, report_date

),

earned as (

    select
        measured.customer_key,
        reports.report_date,
        sum(case
            when year(measured.metric_date) = year(reports.report_date) then measured.total_revenue
        end) as revenue_ytd,
        sum(case
            when year(measured.metric_date) = year(reports.report_date) then measured.net_profit
        end) as profit_ytd,
        sum(measured.total_revenue) as revenue_12m,
        sum(measured.net_profit) as profit_12m,
        max(measured.metric_date) as last_metric_date
    from measured
    inner join reports
        on
            measured.metric_date <= reports.report_date
            and measured.metric_date > {{ dbt.dateadd('month', -12, 'reports.report_date') }}
    group by measured.customer_key, reports.report_date

),

customers as (

    select
        customer_key,
        report_date
    from owned
    union distinct
    select
        customer_key,
        report_date
    from earned

),

final as (

    select
        {{ surrogate_key(['customers.customer_key', 'customers.report_date']) }} as portfolio_key,
        customers.customer_key,
        customers.report_date,
        coalesce(owned.primary_product_key, -1) as primary_product_key,
        {% for column in [
            'open_holdings', 'different_products', 'different_categories', 'active_holdings',
            'dormant_holdings', 'opened_holdings', 'closed_holdings', 'holdings_from_before',
        ] %}
            cast(coalesce(owned.{{ column }}, 0) as integer) as {{ column }},
        {% endfor %}
        {% for column in [
            'deposit_balance', 'investment_balance', 'loan_balance', 'credit_limit'
        ] %}
            case
                when owned.known_holdings > 0 or coalesce(owned.open_holdings, 0) = 0
                    then cast(coalesce(owned.{{ column }}, 0) as decimal(18, 2))
            end as {{ column }},
        {% endfor %}
        {% for column in ['revenue_ytd', 'profit_ytd', 'revenue_12m', 'profit_12m'] %}
            cast(earned.{{ column }} as decimal(18, 2)) as {{ column }},
        {% endfor %}
        earned.last_metric_date,
        measured.customer_lifetime_value,
        measured.predicted_lifetime_value,
        measured.risk_adjusted_value,
        measured.wallet_share,
        measured.share_of_wallet_potential,
        measured.profitability_score,
        measured.churn_probability as told_churn_probability,
        measured.told_churn_driver
    from customers
    left join owned
        on
            customers.customer_key = owned.customer_key
            and customers.report_date = owned.report_date
    left join earned
        on
            customers.customer_key = earned.customer_key
            and customers.report_date = earned.report_date
    -- what was measured long ago is not known of today
    left join measured
        on
            earned.customer_key = measured.customer_key
            and earned.last_metric_date = measured.metric_date
            and measured.metric_date > {{ dbt.dateadd(
                'day', '-' ~ var('value_stale_days'), 'earned.report_date'
            ) }}

)

select * from final
