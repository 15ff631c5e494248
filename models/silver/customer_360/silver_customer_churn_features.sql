with

outcomes as (select * from {{ ref('int_customer_churn__outcomes') }}),

scored_dates as (

    select distinct
        scored_date,
        -- with behaviour that began to be recorded later, less of it is known
        case
            when first_recorded_date <= scored_date
                then {{ dbt.datediff('first_recorded_date', 'scored_date', 'day') }} + 1
            else 0
        end as recorded_days
    from {{ ref('int_churn_dates') }}

),

aged_days as (

    select
        active_days.*,
        scored_dates.scored_date,
        {{ dbt.datediff('active_days.activity_date', 'scored_dates.scored_date', 'day') }}
            as age_days
    from {{ ref('int_customer_activity__days') }} as active_days
    inner join scored_dates on active_days.activity_date <= scored_dates.scored_date

),

activity as (

    select
        customer_key,
        scored_date,
        max(activity_date) as last_activity_date,
        cast(sum(case when age_days < 30 then sessions + transaction_count else 0 end) as integer)
            as signs_30d,
        cast(sum(case when age_days < 90 then sessions + transaction_count else 0 end) as integer)
            as signs_90d,
        cast(sum(case when age_days < 90 then app_sessions else 0 end) as integer)
            as app_sessions_90d
    from aged_days
    group by customer_key, scored_date

),

portfolios as (select * from {{ ref('silver_customer_portfolios') }}),

identities as (select * from {{ ref('silver_customer_identities') }}),

complaints as (

    select
        coalesce(identities.customer_key, complaints.source_customer_key) as customer_key,
        scored_dates.scored_date,
        count(*) as complaints
    from {{ ref('silver_customer_complaints') }} as complaints
    left join identities on complaints.source_customer_key = identities.source_customer_key
    inner join scored_dates
        on
            complaints.complaint_date <= scored_dates.scored_date
            and complaints.complaint_date
            > {{ dbt.dateadd('day', -365, 'scored_dates.scored_date') }}
    where complaints.source_customer_key is not null
    group by
        coalesce(identities.customer_key, complaints.source_customer_key), scored_dates.scored_date

),

final as (

    select
        {{ surrogate_key(['outcomes.customer_key', 'outcomes.scored_date']) }} as churn_score_key,
        outcomes.customer_key,
        outcomes.scored_date,
        outcomes.is_build_date,

        -- known at the end of the day
        scored_dates.recorded_days,
        case
            when scored_dates.recorded_days > 0
                then coalesce(
                    {{ dbt.datediff(
                        'activity.last_activity_date', 'outcomes.scored_date', 'day'
                    ) }},
                    scored_dates.recorded_days
                )
        end as silence_days,
        case when scored_dates.recorded_days >= 30 then coalesce(activity.signs_30d, 0) end
            as signs_30d,
        case when scored_dates.recorded_days >= 90 then coalesce(activity.signs_90d, 0) end
            as signs_90d,
        case when scored_dates.recorded_days >= 30 then coalesce(activity.app_sessions_90d, 0) end
            as app_sessions_90d,
        coalesce(portfolios.open_holdings, 0) as open_holdings,
        coalesce(portfolios.dormant_holdings, 0) as dormant_holdings,
        coalesce(portfolios.closed_holdings, 0) as closed_holdings,
        cast(coalesce(complaints.complaints, 0) as integer) as complaints_12m,
        {{ dbt.datediff('outcomes.customer_since_date', 'outcomes.scored_date', 'day') }}
            as tenure_days,
        portfolios.told_churn_probability,

        -- what came of it
        outcomes.is_churned_30d,
        outcomes.is_churned_60d,
        outcomes.is_churned_90d

    from outcomes
    inner join scored_dates on outcomes.scored_date = scored_dates.scored_date
    left join activity
        on
            outcomes.customer_key = activity.customer_key
            and outcomes.scored_date = activity.scored_date
    left join portfolios
        on
            outcomes.customer_key = portfolios.customer_key
            and outcomes.scored_date = portfolios.report_date
    left join complaints
        on
            outcomes.customer_key = complaints.customer_key
            and outcomes.scored_date = complaints.scored_date

)

select * from final
