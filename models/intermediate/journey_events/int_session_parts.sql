{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['part_kind', 'part_key'],
    meta={
        'touched_by': {
            'part_key': {
                'silver_web_sessions': 'session_key',
                'silver_mobile_sessions': 'session_key',
                'int_customer_events__delivered': 'event_key',
                'int_touchpoints__responded': 'touchpoint_key',
            },
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
        'units': ['part_key'],
    },
) }}

-- Only what a session is made of: the windows downstream sort every row, and narrow rows sort fast.
with

{% if is_incremental() %}
    touched_keys as (

        {{ touched('part_key') }}
        union all
        select event_key
        from {{ ref('int_customer_events__delivered') }}
        where source_customer_key in ({{ touched('source_customer_key') }})
        union all
        select touchpoint_key
        from {{ ref('int_touchpoints__responded') }}
        where source_customer_key in ({{ touched('source_customer_key') }})

    ),
{% endif %}

identities as (select * from {{ ref('silver_customer_identities') }}),

parts as (

    -- the sessions of web and app know their customer: who logged in, else whose device it is
    select
        'web_session' as part_kind,
        session_key as part_key,
        visitor_key,
        visitor_id_type,
        session_start_timestamp as part_start_timestamp,
        session_end_timestamp as part_end_timestamp,
        case when source_customer_key is not null then customer_key end as login_customer_key,
        customer_key as device_customer_key,
        is_bot,
        is_test
    from {{ ref('silver_web_sessions') }}
    union all
    select
        'app_session' as part_kind,
        session_key as part_key,
        visitor_key,
        visitor_id_type,
        session_start_timestamp as part_start_timestamp,
        session_end_timestamp as part_end_timestamp,
        case when source_customer_key is not null then customer_key end as login_customer_key,
        customer_key as device_customer_key,
        false as is_bot,
        false as is_test
    from {{ ref('silver_mobile_sessions') }}
    union all
    select
        'customer_event' as part_kind,
        events.event_key as part_key,
        events.visitor_key,
        events.visitor_id_type,
        events.event_timestamp as part_start_timestamp,
        events.event_timestamp as part_end_timestamp,
        coalesce(identities.customer_key, events.source_customer_key) as login_customer_key,
        null as device_customer_key,
        events.is_bot,
        events.is_test
    from {{ ref('int_customer_events__delivered') }} as events
    left join identities on events.source_customer_key = identities.source_customer_key
    union all
    -- a click is on the device that it names, or else the customer's
    select
        'touch_click' as part_kind,
        touches.touchpoint_key as part_key,
        case
            when touches.device_id is not null
                then {{ surrogate_key(["'device'", 'touches.device_id']) }}
            when touches.source_customer_key is not null
                then {{ surrogate_key(["'customer'", 'touches.source_customer_key']) }}
            else {{ surrogate_key(["'none'", 'touches.touchpoint_id']) }}
        end as visitor_key,
        case
            when touches.device_id is not null then 'device'
            when touches.source_customer_key is not null then 'customer'
            else 'none'
        end as visitor_id_type,
        touches.click_timestamp as part_start_timestamp,
        touches.click_timestamp as part_end_timestamp,
        coalesce(identities.customer_key, touches.source_customer_key) as login_customer_key,
        null as device_customer_key,
        false as is_bot,
        false as is_test
    from {{ ref('int_touchpoints__responded') }} as touches
    left join identities on touches.source_customer_key = identities.source_customer_key
    where
        touches.is_clicked
        and not touches.is_bot_click
        and not touches.is_held_out
        and touches.click_timestamp is not null

),

final as (

    select
        *,
        {{ batch_number() }} as derived_in_batch
    from parts
    {% if is_incremental() %}
        where part_key in (select touched_keys.part_key from touched_keys)
    {% endif %}

)

select * from final
