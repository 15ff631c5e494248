{{ config(materialized='table') }}

with

instances as (select * from {{ ref('int_journeys__instances') }}),

visits as (

    select
        journey_key,
        count(*) as visit_count
    from {{ ref('int_journey_stages__visits') }}
    group by journey_key

),

-- the build date counts to its end
dated as (

    select
        instances.*,
        coalesce(visits.visit_count, 0) as visit_count,
        {{ dbt.dateadd('day', 1, 'cast(build_dates.as_of as timestamp)') }} as known_until,
        {{ dbt.dateadd(
            'day', 'instances.expected_duration_days', 'instances.journey_start_timestamp'
        ) }} as expires_at
    from instances
    cross join {{ ref('int_core__build_dates') }} as build_dates
    left join visits on instances.journey_key = visits.journey_key

),

-- flags go before the status' word: only where there is no flag does the word count
signs as (

    select
        *,
        coalesce(conversion_flag, asserted_status = 'converted', false)
        or conversion_timestamp is not null
        or shown_conversion_at is not null as has_converted,
        coalesce(
            conversion_timestamp, shown_conversion_at, asserted_end_timestamp, last_seen_at,
            journey_start_timestamp
        ) as converted_at,
        coalesce(abandonment_flag, asserted_status = 'abandoned', false)
        or told_abandoned_at is not null as is_told_abandoned,
        coalesce(
            asserted_end_timestamp, told_abandoned_at, last_seen_at, journey_start_timestamp
        ) as left_at
    from dated

),

-- who converts has converted, however late; who leaves before the time is over has abandoned it,
-- told or not; when the time is over, it has expired
judged as (

    select
        *,
        case
            when has_converted then 'converted'
            when is_told_abandoned and (expires_at is null or left_at <= expires_at)
                then 'abandoned'
            when asserted_end_timestamp < expires_at then 'abandoned'
            when expires_at < known_until then 'expired'
            when expires_at is null and asserted_status = 'expired' then 'expired'
            when touchpoint_count > 0 or event_count > 0 or visit_count > 1 then 'active'
            else 'entered'
        end as journey_status
    from signs

),

final as (

    select
        journey_key,
        journey_instance_id,
        journey_id,
        journey_definition_key,
        expected_duration_days,
        source_customer_key,
        source_system,
        is_inferred,
        journey_status,
        journey_start_timestamp,
        case
            when journey_status = 'converted' then greatest(converted_at, journey_start_timestamp)
            when journey_status = 'abandoned' then greatest(left_at, journey_start_timestamp)
            when journey_status = 'expired'
                then coalesce(
                    expires_at,
                    greatest(
                        coalesce(asserted_end_timestamp, last_seen_at), journey_start_timestamp
                    ),
                    journey_start_timestamp
                )
        end as journey_end_timestamp,
        expires_at,
        known_until
    from judged

)

select * from final
