with

measured as (

    select
        customer_values.*,
        build_dates.as_of
    from {{ ref('silver_customer_value') }} as customer_values
    cross join {{ ref('int_core__build_dates') }} as build_dates
    where customer_values.metric_date <= build_dates.as_of

),

revenue as (

    select
        customer_key,
        sum(total_revenue) filter (
            where extract(year from metric_date) = extract(year from as_of)
        ) as total_revenue_ytd,
        sum(total_revenue) filter (
            where metric_date > cast({{ dbt.dateadd('month', -12, 'as_of') }} as date)
        ) as total_revenue_ltm
    from measured
    group by customer_key

),

-- the last told, though a later measurement tells none
latest as (

    select
        customer_key,
        max_by(profitability_score, metric_date) filter (where profitability_score is not null)
            as profitability_score,
        max_by(customer_lifetime_value, metric_date) filter (
            where customer_lifetime_value is not null
        ) as customer_lifetime_value
    from measured
    group by customer_key

),

final as (

    select
        revenue.customer_key,
        cast(revenue.total_revenue_ytd as decimal(18, 2)) as total_revenue_ytd,
        cast(revenue.total_revenue_ltm as decimal(18, 2)) as total_revenue_ltm,
        cast(latest.profitability_score as decimal(5, 2)) as profitability_score,
        cast(latest.customer_lifetime_value as decimal(18, 2)) as customer_lifetime_value
    from revenue
    inner join latest on revenue.customer_key = latest.customer_key

)

select * from final
