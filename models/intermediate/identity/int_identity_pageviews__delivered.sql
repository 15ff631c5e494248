{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['pageview_id'],
    meta={'units': ['device_identifier_key', 'login_identifier_key']},
) }}

with

{% if is_incremental() %}
    deliveries as (

        {{ latest_delivery(
            ref('stg_digital_analytics__web_pageviews'),
            'pageview_id',
            ['pageview_timestamp', 'device_id', 'session_id', 'customer_id', 'page_url'],
        ) }}

    ),
{% else %}
    -- of all history only what is needed: planning the wide view takes longer than reading it
    ever_named as (

        select
            pageview_id,
            device_id,
            session_id,
            customer_id,
            page_url,
            user_id,
            source_system,
            pageview_timestamp,
            ingestion_timestamp,
            rejection_reason
        from {{ ref('stg_digital_analytics__web_pageviews') }}
        where
            pageview_id in (
                select named.pageview_id
                from {{ ref('stg_digital_analytics__web_pageviews') }} as named
                where named.customer_id is not null
            )

    ),

    deliveries as (

        {{ latest_delivery(
            'ever_named',
            'pageview_id',
            ['pageview_timestamp', 'device_id', 'session_id', 'customer_id', 'page_url'],
        ) }}

    ),
{% endif %}

-- what was known and names nobody any more stays, without the customer: else it would be told on
naming as (

    select * from deliveries
    where
        (customer_id is not null and (device_id is not null or user_id is not null))
        {% if is_incremental() %}
            or pageview_id in (select known.pageview_id from {{ this }} as known)
        {% endif %}

),

final as (

    select
        pageview_id,
        case
            when device_id is not null then {{ surrogate_key(["'device'", 'device_id']) }}
        end as device_identifier_key,
        case
            when user_id is not null then {{ surrogate_key(["'user'", 'user_id']) }}
        end as login_identifier_key,
        case
            when customer_id is not null
                then {{ surrogate_key(['source_system', 'customer_id']) }}
        end as source_customer_key,
        pageview_timestamp as sighting_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from naming

)

select * from final
