{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['identifier_key', 'source_customer_key'],
    meta={
        'touched_by': {
            'identifier_key': {
                'int_identity_devices__told': 'identifier_key',
                'int_identity_logins__told': 'identifier_key',
            },
            'source_customer_key': {
                'int_customer_identifiers__delivered': 'source_customer_key',
                'int_identity_identifiers__standardised': 'source_customer_key',
                'silver_customer_identities': 'source_customer_key',
            },
        },
        'units': ['identifier_key'],
    },
) }}

with

-- of what a source system records, what behaviour is known by too: as visitor_key calls it
recorded as (

    select
        identifiers.source_customer_key,
        identifiers.identifier_value,
        case when known_types.value_space = 'login' then 'user' else 'device' end as visitor_id_type
    from {{ ref('int_customer_identifiers__delivered') }} as identifiers
    inner join {{ ref('identifier_types') }} as known_types
        on
            replace(replace(lower(identifiers.identifier_type), ' ', '_'), '-', '_')
            = known_types.identifier_type
    where
        identifiers.source_customer_id is not null
        and identifiers.identifier_value is not null
        and known_types.value_space in ('device', 'login')

),

told as (

    {% for kind, table in {
        'device': 'int_identity_devices__told', 'login': 'int_identity_logins__told',
    }.items() %}
        select
            '{{ kind }}' as identifier_kind,
            identifier_key,
            source_customer_key,
            first_seen_timestamp,
            last_seen_timestamp,
            web_sightings,
            app_sightings,
            false as is_recorded,
            sighting_derived_in_batch
        from {{ ref(table) }}
        union all
    {% endfor %}
    select
        case when visitor_id_type = 'user' then 'login' else 'device' end as identifier_kind,
        {{ surrogate_key(['visitor_id_type', 'identifier_value']) }} as identifier_key,
        source_customer_key,
        null as first_seen_timestamp,
        null as last_seen_timestamp,
        0 as web_sightings,
        0 as app_sightings,
        true as is_recorded,
        null as sighting_derived_in_batch
    from recorded
    union all
    select
        'email_hash' as identifier_kind,
        identifier_key,
        source_customer_key,
        null as first_seen_timestamp,
        null as last_seen_timestamp,
        0 as web_sightings,
        0 as app_sightings,
        true as is_recorded,
        null as sighting_derived_in_batch
    from {{ ref('int_identity_identifiers__standardised') }}
    where identifier_kind = 'email'

),

links as (

    select
        identifier_kind,
        identifier_key,
        source_customer_key,
        min(first_seen_timestamp) as first_seen_timestamp,
        max(last_seen_timestamp) as last_seen_timestamp,
        sum(web_sightings) as web_sightings,
        sum(app_sightings) as app_sightings,
        max(is_recorded) as is_recorded,
        max(sighting_derived_in_batch) as sighting_derived_in_batch
    from told
    {% if is_incremental() %}
        where
            identifier_key in ({{ touched('identifier_key') }})
            or source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}
    group by identifier_kind, identifier_key, source_customer_key

),

-- a customer who behaves but was never resolved is a person of their own
final as (

    select
        links.identifier_kind,
        links.identifier_key,
        links.source_customer_key,
        coalesce(identities.customer_key, links.source_customer_key) as customer_key,
        identities.golden_id,
        links.first_seen_timestamp,
        links.last_seen_timestamp,
        links.web_sightings,
        links.app_sightings,
        links.is_recorded,
        links.sighting_derived_in_batch,
        {{ batch_number() }} as derived_in_batch
    from links
    left join {{ ref('silver_customer_identities') }} as identities
        on links.source_customer_key = identities.source_customer_key

)

select * from final
