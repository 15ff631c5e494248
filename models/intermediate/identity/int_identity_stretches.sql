{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['identifier_key', 'stretch_number'],
    meta={
        'touched_by': {'identifier_key': {'int_identity_links__resolved': 'identifier_key'}},
        'units': ['identifier_key'],
    },
) }}

with

identifiers as (

    select * from {{ ref('int_identity_identifiers__counted') }}
    where
        first_seen_timestamp is not null
        and not is_kiosk
        {% if is_incremental() %}
            and identifier_key in ({{ touched('identifier_key') }})
        {% endif %}

),

shared_links as (

    select links.*
    from {{ ref('int_identity_links__resolved') }} as links
    inner join identifiers on links.identifier_key = identifiers.identifier_key
    where identifiers.people_count > 1

),

sightings as (

    select
        sightings.identifier_key,
        sightings.sighting_timestamp,
        sightings.source_customer_key,
        shared_links.customer_key,
        shared_links.golden_id
    from {{ ref('int_identity_sightings') }} as sightings
    inner join shared_links
        on
            sightings.identifier_key = shared_links.identifier_key
            and sightings.source_customer_key = shared_links.source_customer_key

),

compared as (

    select
        *,
        lag(customer_key) over identifier as previous_customer_key,
        lag(sighting_timestamp) over identifier as previous_timestamp
    from sightings
    window identifier as (
        partition by identifier_key order by sighting_timestamp, source_customer_key
    )

),

-- somebody else's login ends a stretch, and so do too many idle days
numbered as (

    select
        *,
        sum(
            case
                when
                    customer_key = previous_customer_key
                    and sighting_timestamp
                    <= previous_timestamp + interval '{{ var("identity_idle_days") }}' day
                    then 0
                else 1
            end
        ) over (
            partition by identifier_key order by sighting_timestamp, source_customer_key
            rows between unbounded preceding and current row
        ) as stretch_number
    from compared

),

stretches as (

    select
        identifier_key,
        stretch_number,
        max(customer_key) as customer_key,
        max(golden_id) as golden_id,
        min(sighting_timestamp) as first_seen_timestamp,
        max(sighting_timestamp) as last_seen_timestamp,
        count(*) as sighting_count,
        lead(min(sighting_timestamp)) over (
            partition by identifier_key order by stretch_number
        ) as next_stretch_timestamp
    from numbered
    group by identifier_key, stretch_number
    union all
    select
        identifier_key,
        1 as stretch_number,
        only_customer_key as customer_key,
        only_golden_id as golden_id,
        first_seen_timestamp,
        last_seen_timestamp,
        sighting_count,
        cast(null as timestamp) as next_stretch_timestamp
    from identifiers
    where people_count = 1

),

final as (

    select
        stretches.identifier_key,
        cast(stretches.stretch_number as bigint) as stretch_number,
        identifiers.people_count > 1 as is_shared,
        stretches.customer_key,
        stretches.golden_id,
        stretches.first_seen_timestamp,
        stretches.last_seen_timestamp,
        cast(stretches.sighting_count as bigint) as sighting_count,
        case
            when identifiers.people_count > 1
                then
                    stretches.last_seen_timestamp
                    + interval '{{ var("identity_idle_days") }}' day
        end as idle_from_timestamp,
        stretches.next_stretch_timestamp,
        {{ batch_number() }} as derived_in_batch
    from stretches
    inner join identifiers on stretches.identifier_key = identifiers.identifier_key

)

select * from final
