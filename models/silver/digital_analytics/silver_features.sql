-- Its snapshot is dated by the build date, which must be known by then.
-- depends_on: {{ ref('int_core__build_dates') }}
with

usages as (

    select * from {{ ref('int_feature_days__told') }}

),

described as (

    select
        feature_id,
        feature_name,
        feature_category,
        feature_version,
        min(first_usage_timestamp) as first_use,
        case when feature_name is null then 0 else 1 end
        + case when feature_category is null then 0 else 1 end
        + case when feature_version is null then 0 else 1 end as fields_given
    from usages
    group by feature_id, feature_name, feature_category, feature_version

),

-- of descriptions with gaps none begins a version where there are fuller ones; of several that
-- begin in one instant the last in the alphabet speaks
versions as (

    select *
    from (
        select
            *,
            max(fields_given) over (partition by feature_id) as most_given
        from described
    ) as ranked
    where fields_given = most_given
    qualify row_number() over (
        partition by feature_id, first_use
        order by feature_version desc, feature_name desc, feature_category desc
    ) = 1

),

whole as (

    select
        feature_id,
        min(feature_type) as feature_type,
        min(first_usage_timestamp) as first_use,
        cast(max(last_usage_timestamp) as date) as last_use_date
    from usages
    group by feature_id

),

dated as (

    select
        versions.feature_id,
        versions.feature_name,
        versions.feature_category,
        versions.feature_version,
        whole.feature_type,
        cast(whole.first_use as date) as first_use_date,
        whole.last_use_date,
        case
            when row_number() over by_version = 1 then whole.first_use
            else versions.first_use
        end as effective_from,
        lead(versions.first_use) over by_version as next_from
    from versions
    inner join whole on versions.feature_id = whole.feature_id
    window by_version as (partition by versions.feature_id order by versions.first_use)

),

final as (

    select
        {{ surrogate_key(['feature_id', 'effective_from']) }} as feature_key,
        feature_id,
        feature_name,
        feature_category,
        feature_version,
        feature_type,
        first_use_date,
        last_use_date,
        effective_from,
        coalesce(next_from, timestamp '9999-12-31 00:00:00') as effective_to,
        next_from is null as is_current
    from dated

)

select * from final
