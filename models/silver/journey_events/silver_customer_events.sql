{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['event_key'],
    meta={
        'touched_by': {
            'event_key': {
                'int_customer_events__delivered': 'event_key',
                'int_customer_events__arrivals': 'event_key',
                'int_customer_events__sequenced': 'event_key',
            },
        },
        'selected_by': {
            'session_key': {'silver_sessions': 'session_key'},
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
        'units': ['event_key', 'session_key', 'journey_key', 'source_customer_key'],
    },
) }}

-- depends_on: {{ ref('int_customer_events__delivered') }}
-- depends_on: {{ ref('int_customer_events__arrivals') }}
with

{% if is_incremental() %}
    touched_events as (

        {{ touched('event_key') }}
        union all
        select sequenced.event_key
        from {{ ref('int_customer_events__sequenced') }} as sequenced
        where sequenced.session_key in ({{ touched('session_key') }})
        union all
        select delivered.event_key
        from {{ ref('int_customer_events__delivered') }} as delivered
        where delivered.source_customer_key in ({{ touched('source_customer_key') }})

    ),
{% endif %}

events as (

    select * from {{ ref('int_customer_events__typed') }}
    {% if is_incremental() %}
        where event_key in (select touched_events.event_key from touched_events)
    {% endif %}

),

final as (

    select

        -- keys
        events.event_key,
        events.visitor_key,
        coalesce(
            identities.customer_key, events.source_customer_key, places.session_customer_key
        ) as customer_key,
        events.source_customer_key,
        places.session_key,
        events.journey_key,
        events.event_type_key,
        coalesce(events.own_channel_key, sessions.channel_key) as channel_key,
        events.campaign_key,
        coalesce(places.device_key, -1) as device_key,
        events.product_key,
        events.account_key,
        events.transaction_key,

        -- ids
        events.event_id,
        events.customer_id,
        sessions.session_id,
        events.source_session_id,
        events.visitor_id_type,

        -- the event
        events.event_type,
        events.event_category,
        events.event_class,
        events.event_name,
        events.channel_code,
        events.journey_stage,
        events.event_value,
        events.engagement_kind,
        events.engagement_weight,
        events.is_conversion_event as conversion_event_flag,
        events.is_transaction,

        -- where
        events.page_url,
        events.page_path,
        coalesce(
            events.page_title, case when events.event_type = 'page_view' then events.event_name end
        ) as page_title,
        events.page_type,
        events.referrer_type,
        events.utm_source,
        events.utm_medium,
        events.utm_campaign,
        events.user_agent_browser,
        events.user_agent_os,
        events.user_agent_device,
        events.country as ip_country,
        events.region as ip_region,
        events.city as ip_city,

        -- place in session and journey
        cast(places.session_sequence_number as integer) as session_sequence_number,
        cast(places.journey_sequence_number as integer) as journey_sequence_number,
        places.time_since_session_start_seconds,
        places.time_since_previous_event_seconds,
        places.is_last as exit_event_flag,
        sessions.bounce_flag,

        -- how it came
        events.client_to_server_ms,
        events.clock_skew_ms,
        events.server_to_ingestion_ms,
        events.event_to_ingestion_ms,
        events.is_late,
        places.is_out_of_order,

        -- quality
        sessions.is_bot,
        sessions.is_test,
        events.data_quality_score,
        events.source_system,

        -- when
        events.event_timestamp,
        cast(events.event_timestamp as date) as event_date,
        cast(hour(events.event_timestamp) as integer) as event_hour,
        events.ingestion_timestamp as created_timestamp,
        {{ batch_number() }} as derived_in_batch

    from events
    inner join {{ ref('int_customer_events__sequenced') }} as places
        on events.event_key = places.event_key
    inner join {{ ref('silver_sessions') }} as sessions
        on places.session_key = sessions.session_key
    left join {{ ref('silver_customer_identities') }} as identities
        on events.source_customer_key = identities.source_customer_key

)

select * from final
