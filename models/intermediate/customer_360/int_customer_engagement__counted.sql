{{ config(materialized='table') }}
{% set channels = ['app', 'atm', 'branch', 'chat', 'email', 'phone', 'video', 'web'] %}

with

build_dates as (select * from {{ ref('int_core__build_dates') }}),

activity as (select * from {{ ref('int_customer_activity__months') }}),

told as (

    select
        *,
        'month' as period_kind,
        month_start_date as period_start_date
    from activity
    union all
    select
        activity.*,
        'window' as period_kind,
        cast({{ dbt.dateadd(
            'day', '1 - ' ~ var("engagement_window_days"), 'build_dates.as_of'
        ) }} as date) as period_start_date
    from activity
    cross join build_dates
    where activity.is_recent

),

by_channel as (

    select
        period_kind,
        period_start_date,
        customer_key,
        engagement_channel,
        sum(act_count) as act_count,
        sum(active_count) as active_count,
        sum(login_count) as login_count,
        sum(transaction_count) as transaction_count,
        sum(contact_count) as contact_count,
        max(last_engagement_date) as last_engagement_date,
        row_number() over (
            partition by period_kind, period_start_date, customer_key
            order by
                case when engagement_channel = 'other' then 1 else 0 end asc,
                sum(act_count) desc,
                engagement_channel asc
        ) as channel_rank
    from told
    group by period_kind, period_start_date, customer_key, engagement_channel

),

final as (

    select
        period_kind,
        period_start_date,
        customer_key,
        bool_or(engagement_channel = 'app') as used_app,
        max(case
            when channel_rank = 1 and engagement_channel <> 'other' then engagement_channel
        end) as most_used_channel,
        nullif(concat_ws(
            ' + ',
            {% for channel in channels %}
                max(case when engagement_channel = '{{ channel }}' then '{{ channel }}' end)
                {% if not loop.last %},{% endif %}
            {% endfor %}
        ), '') as channel_mix,
        count(*) filter (where engagement_channel <> 'other') as channel_count,
        sum(act_count) as act_count,
        sum(active_count) as active_count,
        sum(login_count) as login_count,
        sum(transaction_count) as transaction_count,
        sum(contact_count) as contact_count,
        max(last_engagement_date) as last_engagement_date,
        coalesce(bool_or(
            engagement_channel = 'web' and login_count + transaction_count > 0
        ), false) as used_online_banking,
        -- what the customer did without staff, and what they could have done so and did not
        coalesce(sum(active_count) filter (
            where engagement_channel in ('web', 'app', 'atm')
        ), 0) as self_service_count,
        coalesce(sum(act_count) filter (
            where engagement_channel in ('web', 'app', 'chat', 'video', 'email')
        ), 0) as digital_count,
        coalesce(sum(act_count) filter (
            where engagement_channel in ('branch', 'phone', 'atm')
        ), 0) as physical_count,
        coalesce(sum(contact_count) filter (where engagement_channel = 'branch'), 0)
            as branch_visit_count
    from by_channel
    group by period_kind, period_start_date, customer_key

)

select * from final
