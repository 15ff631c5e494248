-- What customers of the source earned in the periods that count is what their golden customers
-- earned, to the cent.
with

latest_values as (

    select
        *,
        coalesce(
            lower(metric_period),
            cast(
                cast(date_trunc('month', coalesce(metric_date, metric_timestamp)) as date)
                as string
            )
        ) as told_period,
        least(metric_date, cast(metric_timestamp as date)) as told_date
    from {{ ref('stg_customer_360__customer_value_metrics') }}
    where
        rejection_reason is null
    qualify row_number() over (partition by metric_id order by ingestion_timestamp desc) = 1

),

counted_values as (

    select * from latest_values
    where
        customer_id is not null
        and coalesce(lower(metric_type) = '{{ var("value_metric_type") }}', true)
    qualify
        row_number() over (
            partition by customer_id, told_period order by metric_timestamp desc, metric_id desc
        ) = 1
        and row_number() over (
            partition by customer_id, told_date order by metric_timestamp desc, metric_id desc
        ) = 1

),

counted as (select sum(total_revenue) as revenue from counted_values),

told as (select sum(total_revenue) as revenue from {{ ref('fact_customer_value') }})

select
    counted.revenue,
    told.revenue as told_revenue
from counted
cross join told
where counted.revenue is distinct from told.revenue
