{{ config(group='customer_360') }}

with

-- what a record changes is to be known soon after it was written
records as (

    select
        record_key,
        customer_key,
        source_system,
        cast(coalesce(ingestion_timestamp, record_timestamp) as date) as delivered_date,
        row_number() over (
            partition by source_customer_key order by record_timestamp
        ) = 1 as is_new,
        {{ seconds_between('record_timestamp', 'ingestion_timestamp') }} / 3600.0
            as hours_to_delivery
    from {{ ref('silver_customer_records') }}

),

-- a record is made use of where the golden record ever took a value from it
used as (

    select distinct record_key
    from {{ ref('silver_golden_record_lineage') }}

),

profiles as (

    select
        customer_key,
        profile_completeness
    from {{ ref('silver_customer_golden_record') }}
    where is_current

),

counted as (

    select
        records.delivered_date,
        records.source_system,
        cast(count(*) as integer) as record_count,
        cast(count(case when records.is_new then 1 end) as integer) as new_record_count,
        cast(count(case when not records.is_new then 1 end) as integer) as changed_record_count,
        cast(count(profiles.customer_key) as integer) as published_record_count,
        cast(count(used.record_key) as integer) as used_record_count,
        cast(count(case when profiles.profile_completeness >= 80 then 1 end) as integer)
            as complete_profile_count,
        cast(count(
            case when records.hours_to_delivery <= {{ var('profile_target_hours') }} then 1 end
        ) as integer) as record_in_time_count,
        1.0 * count(profiles.customer_key) / count(*) as published_share,
        -- of a delivery whose time is not told nothing is known
        1.0 * count(
            case when records.hours_to_delivery <= {{ var('profile_target_hours') }} then 1 end
        ) / nullif(count(records.hours_to_delivery), 0) as in_time_share,
        {{ dbt.datediff('records.delivered_date', 'max(build_dates.as_of)', 'day') }} as age_days
    from records
    cross join {{ ref('int_core__build_dates') }} as build_dates
    left join used on records.record_key = used.record_key
    left join profiles on records.customer_key = profiles.customer_key
    group by records.delivered_date, records.source_system

),

final as (

    select
        *,
        published_share >= 1
        and in_time_share >= {{ var("profile_in_time_share") }} as is_service_level_met
    from counted

)

select * from final
