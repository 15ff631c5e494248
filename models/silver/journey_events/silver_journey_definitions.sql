-- Its snapshot is dated by the build date, which must be known by then.
-- depends_on: {{ ref('int_core__build_dates') }}
with

-- each state of a definition once: of deliveries of the same state the last counts
states as (

    select
        *,
        coalesce(version, 0) as version_number,
        greatest(created_timestamp, coalesce(last_modified_timestamp, created_timestamp))
            as modified_at
    from {{ ref('stg_journey_events__journey_definitions') }}
    where rejection_reason is null
    qualify row_number() over (
        partition by journey_definition_id, version, last_modified_timestamp
        order by
            ingestion_timestamp desc nulls last,
            created_timestamp asc,
            journey_name asc,
            expected_duration_days asc,
            active_flag asc
    ) = 1

),

-- sources that cannot version an id write the version behind it: JD-1-V1 is the first JD-1. What is
-- known of a definition first holds since it was created, what was changed later since then
dated as (

    select
        *,
        case
            when upper(journey_definition_id) like concat('%-V', cast(version as string))
                then substr(
                    journey_definition_id,
                    1,
                    length(journey_definition_id) - length(concat('-V', cast(version as string)))
                )
            else journey_definition_id
        end as journey_id,
        case
            when row_number() over (
                partition by journey_definition_id order by version_number, modified_at
            ) = 1 then created_timestamp
            else modified_at
        end as effective_from
    from states

),

versions as (

    select * from dated
    qualify row_number() over (
        partition by journey_id, effective_from
        order by version_number desc, modified_at desc, journey_definition_id asc
    ) = 1

),

final as (

    select

        -- keys and ids
        {{ surrogate_key(['journey_id', 'effective_from']) }} as journey_definition_key,
        journey_id,
        journey_definition_id,
        version as definition_version,

        -- the journey
        journey_name,
        lower(journey_type) as journey_type,
        lower(journey_category) as journey_category,
        journey_objective,
        target_segment,
        journey_stages,
        expected_duration_days,
        cast({{ within(
            "coalesce("
            ~ json_number('success_criteria', 'target_conversion_rate') ~ ", "
            ~ json_number('journey_attributes', 'target_conversion_rate') ~ ")",
            0,
            100,
        ) }} as decimal(5, 2)) as target_conversion_rate,
        coalesce(active_flag, true) as active_flag,

        -- when it holds; who started before the first version is in it too
        case
            when lag(effective_from) over by_begin is null then timestamp '0001-01-01 00:00:00'
            else effective_from
        end as applies_from,
        effective_from,
        coalesce(
            lead(effective_from) over by_begin, timestamp '9999-12-31 00:00:00'
        ) as effective_to,
        lead(effective_from) over by_begin is null as is_current

    from versions
    window by_begin as (partition by journey_id order by effective_from)

)

select * from final
