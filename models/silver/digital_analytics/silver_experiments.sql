-- Its snapshot is dated by the build date, which must be known by then.
-- depends_on: {{ ref('int_core__build_dates') }}
with

exposures as (

    select * from {{ ref('int_ab_tests__tellings') }}

),

-- an exposure that is silent about a name or a split changes neither
numbered as (

    select
        *,
        count(experiment_name) over so_far as name_number,
        count(configured_split) over so_far as split_number
    from exposures
    where tells_version
    window so_far as (
        partition by experiment_id order by exposure_timestamp
        rows between unbounded preceding and current row
    )

),

filled as (

    select
        experiment_id,
        exposure_timestamp,
        max(experiment_name) over (partition by experiment_id, name_number) as experiment_name,
        max(configured_split) over (partition by experiment_id, split_number) as configured_split
    from numbered

),

compared as (

    select
        *,
        lag(experiment_name) over by_time as previous_name,
        lag(configured_split) over by_time as previous_split
    from filled
    window by_time as (partition by experiment_id order by exposure_timestamp)

),

versioned as (

    select
        *,
        sum(
            case
                when experiment_name <> previous_name or configured_split <> previous_split then 1
                else 0
            end
        ) over (
            partition by experiment_id order by exposure_timestamp
            rows between unbounded preceding and current row
        ) as version_number
    from compared

),

versions as (

    select
        experiment_id,
        version_number,
        max(experiment_name) as experiment_name,
        max(configured_split) as configured_split,
        min(exposure_timestamp) as effective_from
    from versioned
    group by experiment_id, version_number

),

whole as (

    select
        experiment_id,
        min(category_of_day) as experiment_category,
        min(hypothesis_of_day) as hypothesis,
        count(distinct variant_id) as variant_count,
        cast(min(exposure_timestamp) as date) as first_exposure_date,
        cast(max(exposure_timestamp) as date) as last_exposure_date
    from exposures
    group by experiment_id

),

final as (

    select
        {{ surrogate_key(['versions.experiment_id', 'versions.effective_from']) }}
            as experiment_key,
        versions.experiment_id,
        versions.experiment_name,
        versions.configured_split,
        whole.experiment_category,
        whole.hypothesis,
        cast(whole.variant_count as integer) as variant_count,
        whole.first_exposure_date,
        whole.last_exposure_date,
        versions.effective_from,
        coalesce(
            lead(versions.effective_from) over by_version, timestamp '9999-12-31 00:00:00'
        ) as effective_to,
        lead(versions.effective_from) over by_version is null as is_current
    from versions
    inner join whole on versions.experiment_id = whole.experiment_id
    window by_version as (
        partition by versions.experiment_id order by versions.version_number
    )

)

select * from final
