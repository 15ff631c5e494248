{{ config(group='digital_analytics') }}

with

-- an end that compares: with «or it is null» DuckDB would not hash the join, but try every pair
identity_map as (

    select
        *,
        coalesce(valid_to_timestamp, timestamp '{{ var("latest_event_date") }} 00:00:00')
            as until_timestamp
    from {{ ref('silver_identity_map') }}

),

identifiers as (

    select
        identifier_type,
        count(distinct identifier_key) as identifiers,
        count(distinct case when people_count = 1 then identifier_key end)
            as one_person_identifiers,
        count(distinct case when attribution = 'kiosk' then identifier_key end)
            as kiosk_identifiers,
        sum(sighting_count) as named_sightings
    from identity_map
    group by identifier_type

),

-- page views and app events that name nobody
anonymous_sightings as (

    select
        visitor_key as identifier_key,
        pageview_timestamp as sighting_timestamp
    from {{ ref('silver_web_pageviews') }}
    where customer_id is null and visitor_id_type in ('device', 'user')
    union all
    select
        {{ surrogate_key(["'device'", 'device_id']) }} as identifier_key,
        event_timestamp as sighting_timestamp
    from {{ ref('silver_app_events') }}
    where customer_id is null and device_id is not null

),

attributed as (

    select
        coalesce(identity_map.identifier_type, 'never_named') as identifier_type,
        sightings.identifier_key,
        identity_map.attribution
    from anonymous_sightings as sightings
    left join identity_map
        on
            sightings.identifier_key = identity_map.identifier_key
            and sightings.sighting_timestamp >= identity_map.valid_from_timestamp
            and sightings.sighting_timestamp < identity_map.until_timestamp

),

counted as (

    select
        identifier_type,
        count(distinct identifier_key) as identifiers,
        count(*) as anonymous_sightings,
        sum(case when attribution = 'login' then 1 else 0 end) as attributed_after_login,
        sum(case when attribution = 'before_first_login' then 1 else 0 end)
            as attributed_before_login,
        sum(case when attribution = 'record' then 1 else 0 end) as attributed_by_record,
        sum(case when attribution like 'shared%' then 1 else 0 end) as left_shared,
        sum(case when attribution = 'kiosk' then 1 else 0 end) as left_kiosk
    from attributed
    group by identifier_type

),

final as (

    select
        coalesce(identifiers.identifier_type, counted.identifier_type) as identifier_type,
        cast(coalesce(identifiers.identifiers, counted.identifiers) as bigint) as identifiers,
        cast(coalesce(identifiers.one_person_identifiers, 0) as bigint)
            as one_person_identifiers,
        cast(
            coalesce(
                identifiers.identifiers - identifiers.one_person_identifiers
                - identifiers.kiosk_identifiers, 0
            ) as bigint
        ) as shared_identifiers,
        cast(coalesce(identifiers.kiosk_identifiers, 0) as bigint) as kiosk_identifiers,
        cast(coalesce(identifiers.named_sightings, 0) as bigint) as named_sightings,
        cast(coalesce(counted.anonymous_sightings, 0) as bigint) as anonymous_sightings,
        cast(coalesce(counted.attributed_after_login, 0) as bigint) as attributed_after_login,
        cast(coalesce(counted.attributed_before_login, 0) as bigint) as attributed_before_login,
        cast(coalesce(counted.attributed_by_record, 0) as bigint) as attributed_by_record,
        cast(coalesce(counted.left_shared, 0) as bigint) as left_shared,
        cast(coalesce(counted.left_kiosk, 0) as bigint) as left_kiosk
    from identifiers
    full outer join counted on identifiers.identifier_type = counted.identifier_type

)

select * from final
