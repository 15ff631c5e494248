{{ config(materialized='table') }}
{% set regular_uses = var("engagement_digital_uses") %}

with

build_dates as (select * from {{ ref('int_core__build_dates') }}),

activity as (select * from {{ ref('int_customer_activity__months') }}),

-- the months of which anything is told, and the days of the window up to the build date
periods as (

    select distinct
        'month' as period_kind,
        activity.month_start_date as period_start_date,
        least(
            cast({{ dbt.dateadd(
                'day', -1, dbt.dateadd('month', 1, 'activity.month_start_date')
            ) }} as date),
            build_dates.as_of
        ) as period_end_date
    from activity
    cross join build_dates
    union all
    select
        'window' as period_kind,
        cast({{ dbt.dateadd(
            'day', '1 - ' ~ var("engagement_window_days"), 'as_of'
        ) }} as date) as period_start_date,
        as_of as period_end_date
    from build_dates

),

counted as (select * from {{ ref('int_customer_engagement__counted') }}),

identities as (select * from {{ ref('silver_customer_identities') }}),

seen as (

    select
        customer_key,
        cast(record_timestamp as date) as seen_date
    from {{ ref('silver_customer_records') }}
    union all
    select
        coalesce(identities.customer_key, named.source_customer_key) as customer_key,
        cast(named.first_seen_timestamp as date) as seen_date
    from {{ ref('silver_seen_customers') }} as named
    left join identities on named.source_customer_key = identities.source_customer_key

),

customers as (

    select
        customer_key,
        min(seen_date) as first_seen_date
    from seen
    group by customer_key

),

final as (

    select
        customers.customer_key,
        periods.period_kind,
        periods.period_start_date,
        periods.period_end_date,
        counted.customer_key is not null as is_seen,
        coalesce(counted.active_count > 0, false) as is_active,
        coalesce(counted.used_app, false) as is_mobile_app_user,
        coalesce(counted.used_online_banking, false) as is_online_banking_user,
        coalesce(counted.self_service_count > 0, false) as is_self_service_user,
        counted.most_used_channel,
        cast(coalesce(counted.channel_count, 0) as integer) as channel_count,
        counted.channel_mix,
        -- the last one up to then
        max(counted.last_engagement_date) over (
            partition by customers.customer_key, periods.period_kind
            order by periods.period_start_date
            rows between unbounded preceding and current row
        ) as last_engagement_date,
        cast(coalesce(counted.login_count, 0) as integer) as login_count,
        cast(coalesce(counted.transaction_count, 0) as integer) as transaction_count,
        cast(coalesce(counted.contact_count, 0) as integer) as contact_count,
        cast(coalesce(counted.branch_visit_count, 0) as integer) as branch_visit_count,
        cast(coalesce(
            case when counted.used_app then 30 else 0 end
            + case when counted.used_online_banking then 30 else 0 end
            + 20.0 * least(counted.digital_count, {{ regular_uses }}) / {{ regular_uses }}
            + 20.0 * counted.digital_count
            / nullif(counted.digital_count + counted.physical_count, 0),
            0
        ) as decimal(5, 2)) as digital_adoption_score
    from customers
    inner join periods on customers.first_seen_date <= periods.period_end_date
    left join counted
        on
            customers.customer_key = counted.customer_key
            and periods.period_kind = counted.period_kind
            and periods.period_start_date = counted.period_start_date

)

select * from final
