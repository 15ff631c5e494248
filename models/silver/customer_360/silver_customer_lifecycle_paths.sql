with

history as (select * from {{ ref('silver_customer_lifecycle_history') }}),

-- before anybody listened nobody can tell what was the first
observed as (

    select min(activity_date) as observed_from
    from {{ ref('int_lifecycle__activity_days') }}

),

purchases as (

    select
        members.customer_key,
        min(active_days.activity_date) as first_purchase_date
    from {{ ref('int_lifecycle__activity_days') }} as active_days
    inner join {{ ref('int_lifecycle__members') }} as members
        on active_days.source_customer_key = members.source_customer_key
    where active_days.transaction_count > 0 or active_days.revenue > 0
    group by members.customer_key

),

stays as (

    select
        customer_key,
        min(stage_start_date) as first_seen_date,
        min(case when lifecycle_stage <> 'prospect' then stage_start_date end)
            as customer_from_date,
        min(case when lifecycle_stage = 'onboarding' then stage_start_date end)
            as onboarded_date,
        min(
            case
                when lifecycle_stage in ('active', 'growing', 'mature', 'reactivated')
                    then stage_start_date
            end
        ) as activated_date,
        min(case when lifecycle_stage in ('growing', 'mature') then stage_start_date end)
            as completed_date,
        max(case when is_current then lifecycle_stage end) as current_stage,
        max(case when is_current then stage_start_date end) as current_since_date,
        max(progression_score) as furthest_progression_score,
        cast(count(*) as integer) as stay_count,
        bool_or(is_told_otherwise) as has_untold_step
    from history
    group by customer_key

),

final as (

    select
        stays.customer_key,
        stays.first_seen_date,
        stays.customer_from_date,
        stays.onboarded_date,
        stays.activated_date,
        stays.completed_date,
        case
            when
                stays.customer_from_date >= observed.observed_from
                and purchases.first_purchase_date >= stays.customer_from_date
                then purchases.first_purchase_date
        end as first_purchase_date,
        cast(case
            when stays.activated_date >= stays.onboarded_date
                then {{ dbt.datediff('stays.onboarded_date', 'stays.activated_date', 'day') }}
        end as integer) as days_to_activation,
        stays.current_stage,
        stays.current_since_date,
        stays.furthest_progression_score,
        stays.stay_count,
        stays.has_untold_step
    from stays
    cross join observed
    left join purchases on stays.customer_key = purchases.customer_key

)

select * from final
