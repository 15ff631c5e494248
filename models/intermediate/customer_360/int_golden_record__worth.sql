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

latest as (

    select *
    from measured
    qualify row_number() over (partition by customer_key order by metric_date desc) = 1

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
