{{ config(group='customer_360') }}

with

stays as (

    select
        history.*,
        build_dates.as_of,
        {{ dbt.datediff('history.stage_start_date', 'build_dates.as_of', 'day') }}
            as days_since_start,
        {{ seconds_between('history.effective_from', 'history.created_timestamp') }} / 3600
            as hours_to_be_told
    from {{ ref('silver_customer_lifecycle_history') }} as history
    cross join {{ ref('int_core__build_dates') }} as build_dates

),

alerts as (

    select
        lifecycle_stage,
        count(*) as alert_count,
        count(distinct customer_key) as alerted_customers
    from {{ ref('silver_lifecycle_alerts') }}
    group by lifecycle_stage

),

by_stage as (

    select
        lifecycle_stage,
        max(as_of) as as_of_date,
        count(case when is_current then 1 end) as customers,
        count(case when is_current and evidence = 'told' then 1 end) as told_customers,
        count(case when days_since_start < 30 then 1 end) as entries_30d,
        count(case when days_since_start < 30 and is_told_otherwise then 1 end)
            as untold_steps_30d,
        count(case when days_since_start < 30 and hours_to_be_told is not null then 1 end)
            as told_entries_30d,
        count(
            case
                when
                    days_since_start < 30
                    and hours_to_be_told <= {{ var("lifecycle_told_hours") }} then 1
            end
        ) as timely_entries_30d,
        max(case when days_since_start < 30 then hours_to_be_told end) as slowest_hours_30d
    from stays
    group by lifecycle_stage

),

final as (

    select
        by_stage.*,
        -- of what nobody told nothing is known
        1.0 * by_stage.timely_entries_30d / nullif(by_stage.told_entries_30d, 0)
        >= {{ var("lifecycle_told_share") }} as is_service_level_met,
        coalesce(alerts.alert_count, 0) as alert_count,
        coalesce(alerts.alerted_customers, 0) as alerted_customers
    from by_stage
    left join alerts on by_stage.lifecycle_stage = alerts.lifecycle_stage

)

select * from final
