with

periods as (

    select * from {{ ref('int_customer_engagement__periods') }}
    where period_kind = 'month'

),

adoptions as (

    select
        customer_key,
        min(adoption_date) as first_adoption_date
    from {{ ref('silver_feature_adoption') }}
    where adoption_date is not null
    group by customer_key

),

final as (

    select
        {{ surrogate_key(['periods.customer_key', 'periods.period_start_date']) }}
            as engagement_month_key,
        periods.customer_key,
        periods.period_start_date as month_start_date,
        periods.period_end_date as as_of_date,
        periods.is_seen,
        periods.is_active,
        periods.is_mobile_app_user,
        periods.is_online_banking_user,
        periods.is_self_service_user,
        coalesce(adoptions.first_adoption_date <= periods.period_end_date, false)
            as has_adopted_feature,
        periods.most_used_channel,
        periods.channel_count,
        periods.channel_mix,
        periods.login_count,
        periods.transaction_count,
        periods.contact_count,
        periods.branch_visit_count,
        periods.digital_adoption_score,
        cast({{ dbt.datediff(
            'periods.last_engagement_date', 'periods.period_end_date', 'day'
        ) }} as integer) as days_since_last_interaction
    from periods
    left join adoptions on periods.customer_key = adoptions.customer_key

)

select * from final
