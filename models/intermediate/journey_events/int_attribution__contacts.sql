{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['contact_key'],
    meta={
        'touched_by': {
            'contact_key': {
                'int_touchpoints__responded': 'touchpoint_key',
                'silver_web_sessions': 'session_key',
            },
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
        'units': ['person_key'],
    },
) }}

with

touchpoints as (

    select * from {{ ref('int_touchpoints__responded') }}
    {% if is_incremental() %}
        where
            touchpoint_key in ({{ touched('contact_key') }})
            or source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

sessions as (

    select * from {{ ref('silver_web_sessions') }}
    {% if is_incremental() %}
        where session_key in ({{ touched('contact_key') }})
    {% endif %}

),

identities as (select * from {{ ref('silver_customer_identities') }}),

final as (

    select
        touchpoints.touchpoint_key as contact_key,
        'touchpoint' as contact_kind,
        coalesce(identities.customer_key, touchpoints.source_customer_key) as person_key,
        touchpoints.channel_key,
        touchpoints.channel_name,
        touchpoints.arrival_channel_name,
        touchpoints.campaign_key,
        touchpoints.touchpoint_timestamp as contact_timestamp,
        case
            when touchpoints.is_clicked and not touchpoints.is_bot_click
                then touchpoints.click_timestamp
        end as click_timestamp,
        {{ batch_number() }} as derived_in_batch
    from touchpoints
    left join identities on touchpoints.source_customer_key = identities.source_customer_key
    where touchpoints.is_touch and touchpoints.source_customer_key is not null
    union all
    select
        session_key as contact_key,
        'web_session' as contact_kind,
        coalesce(customer_key, visitor_key) as person_key,
        channel_key,
        channel_name,
        channel_name as arrival_channel_name,
        campaign_key,
        session_start_timestamp as contact_timestamp,
        cast(null as timestamp) as click_timestamp,
        {{ batch_number() }} as derived_in_batch
    from sessions
    where {{ var("include_bots") }} or not (is_bot or is_test)

)

select * from final
