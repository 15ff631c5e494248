{% set beginning = "timestamp '" ~ var("earliest_event_date") ~ " 00:00:00'" %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['identity_map_key'],
    meta={
        'touched_by': {
            'identifier_key': {
                'int_identity_identifiers__counted': 'identifier_key',
                'int_identity_stretches': 'identifier_key',
            },
        },
        'units': ['identifier_key'],
    },
) }}

with

{% if is_incremental() %}
    touched_identifiers as ({{ touched('identifier_key') }}),
{% endif %}

identifiers as (

    select * from {{ ref('int_identity_identifiers__counted') }}
    {% if is_incremental() %}
        where identifier_key in (select touched_identifiers.identifier_key from touched_identifiers)
    {% endif %}

),

stretches as (

    select * from {{ ref('int_identity_stretches') }}
    {% if is_incremental() %}
        where identifier_key in (select touched_identifiers.identifier_key from touched_identifiers)
    {% endif %}

),

-- each moment of an identifier has one row: whose it is then, or why it is nobody's
intervals as (

    select
        identifier_key,
        case when is_shared then 'shared_before_login' else 'before_first_login' end
            as attribution,
        case when not is_shared then customer_key end as customer_key,
        case when not is_shared then golden_id end as golden_id,
        {{ beginning }} as valid_from_timestamp,
        first_seen_timestamp as valid_to_timestamp,
        cast(null as timestamp) as first_seen_timestamp,
        cast(null as timestamp) as last_seen_timestamp,
        0 as sighting_count
    from stretches
    where stretch_number = 1
    union all
    select
        identifier_key,
        'login' as attribution,
        customer_key,
        golden_id,
        first_seen_timestamp as valid_from_timestamp,
        least(idle_from_timestamp, next_stretch_timestamp) as valid_to_timestamp,
        first_seen_timestamp,
        last_seen_timestamp,
        sighting_count
    from stretches
    union all
    select
        identifier_key,
        'shared_idle' as attribution,
        null as customer_key,
        null as golden_id,
        idle_from_timestamp as valid_from_timestamp,
        next_stretch_timestamp as valid_to_timestamp,
        null as first_seen_timestamp,
        null as last_seen_timestamp,
        0 as sighting_count
    from stretches
    where is_shared
    union all
    select
        identifier_key,
        case
            when is_kiosk then 'kiosk'
            when people_count = 1 then 'record'
            else 'shared_record'
        end as attribution,
        only_customer_key as customer_key,
        only_golden_id as golden_id,
        {{ beginning }} as valid_from_timestamp,
        null as valid_to_timestamp,
        first_seen_timestamp,
        last_seen_timestamp,
        sighting_count
    from identifiers
    where is_kiosk or first_seen_timestamp is null

),

final as (

    select
        {{ surrogate_key(['intervals.identifier_key', 'intervals.valid_from_timestamp']) }}
            as identity_map_key,
        identifiers.identifier_type,
        intervals.identifier_key,
        intervals.customer_key,
        intervals.golden_id,
        intervals.attribution,
        intervals.valid_from_timestamp,
        intervals.valid_to_timestamp,
        intervals.valid_to_timestamp is null as is_current,
        intervals.first_seen_timestamp,
        intervals.last_seen_timestamp,
        intervals.sighting_count,
        identifiers.people_count,
        identifiers.people_count > 1 as is_shared,
        {{ batch_number() }} as derived_in_batch
    from intervals
    inner join identifiers on intervals.identifier_key = identifiers.identifier_key
    where
        intervals.valid_to_timestamp is null
        or intervals.valid_from_timestamp < intervals.valid_to_timestamp

)

select * from final
