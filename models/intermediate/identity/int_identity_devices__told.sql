{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['identifier_key', 'source_customer_key'],
    meta={
        'touched_by': {
            'identifier_key': {
                'int_identity_pageviews__delivered': 'device_identifier_key',
                'int_identity_app_events__delivered': 'device_identifier_key',
            },
        },
        'units': ['identifier_key', 'source_customer_key'],
    },
) }}

with

sightings as (

    select
        device_identifier_key as identifier_key,
        source_customer_key,
        sighting_timestamp,
        1 as web_sightings,
        0 as app_sightings,
        derived_in_batch
    from {{ ref('int_identity_pageviews__delivered') }}
    union all
    select
        device_identifier_key as identifier_key,
        source_customer_key,
        sighting_timestamp,
        0 as web_sightings,
        1 as app_sightings,
        derived_in_batch
    from {{ ref('int_identity_app_events__delivered') }}

),

final as (

    select
        identifier_key,
        source_customer_key,
        min(sighting_timestamp) as first_seen_timestamp,
        max(sighting_timestamp) as last_seen_timestamp,
        sum(web_sightings) as web_sightings,
        sum(app_sightings) as app_sightings,
        -- a sighting that moved in between changes none of these
        max(derived_in_batch) as sighting_derived_in_batch,
        {{ batch_number() }} as derived_in_batch
    from sightings
    where
        identifier_key is not null
        and source_customer_key is not null
        {% if is_incremental() %}
            and identifier_key in ({{ touched('identifier_key') }})
        {% endif %}
    group by identifier_key, source_customer_key

)

select * from final
