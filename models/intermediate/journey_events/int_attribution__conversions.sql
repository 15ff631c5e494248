{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['conversion_key'],
    meta={
        'touched_by': {
            'conversion_key': {
                'silver_conversions': 'conversion_key',
                'silver_web_event_sessions': 'event_key',
            },
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
        'units': ['person_key'],
    },
) }}

-- The same conversions, people and customers as fact_conversions: a rule test compares the totals.
with

conversions as (

    select * from {{ ref('silver_conversions') }}
    {% if is_incremental() %}
        where
            conversion_key in ({{ touched('conversion_key') }})
            or source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

places as (

    select * from {{ ref('silver_web_event_sessions') }}
    where event_kind = 'conversion'

),

identities as (select * from {{ ref('silver_customer_identities') }}),

resolved as (

    select
        conversions.*,
        places.visitor_key,
        coalesce(
            identities.customer_key, conversions.source_customer_key, places.customer_key
        ) as customer_key
    from conversions
    left join places on conversions.conversion_key = places.event_key
    left join identities on conversions.source_customer_key = identities.source_customer_key
    where {{ var("include_bots") }} or not coalesce(places.is_bot or places.is_test, false)

),

final as (

    select
        conversion_key,
        -- a conversion of nobody is its own person: nothing touched it
        coalesce(customer_key, visitor_key, conversion_key) as person_key,
        customer_key,
        visitor_key,
        coalesce(lower(conversion_type), 'unknown') as conversion_type,
        conversion_class,
        cast(coalesce(conversion_value, 0) as decimal(18, 2)) as conversion_value,
        conversion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from resolved

)

select * from final
