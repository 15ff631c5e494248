{{ config(materialized='table') }}

with

states as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_products'),
        'product_relationship_id',
        ['relationship_timestamp', 'customer_id', 'product_id', 'product_status'],
    ) }}

),

identities as (select * from {{ ref('silver_customer_identities') }}),

moments as (select * from {{ ref('int_next_best_actions__moments') }}),

keyed_states as (

    select
        *,
        {{ surrogate_key(["'" ~ var('default_source_system') ~ "'", 'customer_id']) }}
            as source_customer_key
    from states
    where customer_id is not null

),

-- of each product, the state that was reported last before the day
known_states as (

    select
        moments.customer_key,
        moments.moment_date,
        states.product_type,
        states.product_category,
        states.product_status,
        states.relationship_start_date,
        states.relationship_end_date
    from keyed_states as states
    left join identities on states.source_customer_key = identities.source_customer_key
    inner join moments
        on
            coalesce(identities.customer_key, states.source_customer_key) = moments.customer_key
            and states.relationship_timestamp < cast(moments.moment_date as timestamp)
    qualify row_number() over (
        partition by
            moments.customer_key,
            moments.moment_date,
            states.source_customer_key,
            states.product_id,
            states.account_id
        order by states.relationship_timestamp desc, states.product_relationship_id desc
    ) = 1

),

held_products as (

    select *
    from known_states
    where
        coalesce(relationship_start_date <= moment_date, true)
        and coalesce(relationship_end_date > moment_date, true)
        and coalesce(
            lower(product_status) not in ('closed', 'cancelled', 'canceled', 'terminated'), true
        )

),

app_users as (

    select
        coalesce(identities.customer_key, events.source_customer_key) as customer_key,
        min(events.event_timestamp) as first_use_timestamp
    from {{ ref('silver_app_events') }} as events
    left join identities on events.source_customer_key = identities.source_customer_key
    where events.source_customer_key is not null
    group by coalesce(identities.customer_key, events.source_customer_key)

),

final as (

    select
        customer_key,
        moment_date,
        lower(product_type) as held_thing
    from held_products
    where product_type is not null
    union distinct
    select
        customer_key,
        moment_date,
        lower(product_category) as held_thing
    from held_products
    where product_category is not null
    union distinct
    select
        moments.customer_key,
        moments.moment_date,
        'app' as held_thing
    from moments
    inner join app_users
        on
            moments.customer_key = app_users.customer_key
            and app_users.first_use_timestamp < cast(moments.moment_date as timestamp)

)

select * from final
