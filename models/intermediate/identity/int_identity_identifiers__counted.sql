{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['identifier_key'],
    meta={
        'touched_by': {'identifier_key': {'int_identity_links__resolved': 'identifier_key'}},
        'units': ['identifier_key'],
    },
) }}

with

links as (

    select * from {{ ref('int_identity_links__resolved') }}
    {% if is_incremental() %}
        where identifier_key in ({{ touched('identifier_key') }})
    {% endif %}

),

-- several accounts of one golden customer are one person
counted as (

    select
        identifier_key,
        min(identifier_kind) as identifier_kind,
        count(distinct customer_key) as people_count,
        min(customer_key) as lowest_customer_key,
        max(golden_id) as highest_golden_id,
        min(first_seen_timestamp) as first_seen_timestamp,
        max(last_seen_timestamp) as last_seen_timestamp,
        sum(web_sightings) as web_sightings,
        sum(app_sightings) as app_sightings
    from links
    group by identifier_key

),

final as (

    select
        identifier_key,
        case
            when identifier_kind <> 'device' then identifier_kind
            when web_sightings > 0 and app_sightings = 0 then 'cookie'
            when app_sightings > 0 and web_sightings = 0 then 'app_instance'
            else 'device'
        end as identifier_type,
        cast(people_count as integer) as people_count,
        people_count > {{ var("identity_shared_people") }} as is_kiosk,
        case when people_count = 1 then lowest_customer_key end as only_customer_key,
        case when people_count = 1 then highest_golden_id end as only_golden_id,
        first_seen_timestamp,
        last_seen_timestamp,
        cast(web_sightings + app_sightings as bigint) as sighting_count,
        {{ batch_number() }} as derived_in_batch
    from counted

)

select * from final
