{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['conversion_key'],
    meta={'units': ['source_customer_key']},
) }}

with

conversions as (

    {{ latest_delivery(
        ref('stg_digital_analytics__conversion_events'),
        'conversion_id',
        ['conversion_timestamp', 'session_id', 'conversion_type', 'conversion_value'],
    ) }}

),

final as (

    select

        -- keys
        {{ surrogate_key(['conversion_id']) }} as conversion_key,
        case
            when session_id is not null
                then {{ surrogate_key(['source_system', 'session_id']) }}
        end as source_session_key,
        case
            when customer_id is not null
                then {{ surrogate_key(['source_system', 'customer_id']) }}
        end as source_customer_key,
        {{ page_key_of_url('page_url') }} as page_key,

        -- ids
        conversion_id,
        session_id as source_session_id,
        source_system,
        user_id,
        customer_id,

        -- what
        conversion_type,
        conversion_name,
        conversion_category,
        case
            when lower(conversion_category) = 'macro' then 'macro'
            when lower(conversion_category) = 'micro' then 'micro'
            when lower(conversion_type) in ('purchase', 'signup') then 'macro'
            else 'micro'
        end as conversion_class,
        goal_id,
        goal_name,
        product_id,
        product_name,
        product_category,
        page_url,
        screen_name,
        platform,
        channel as delivered_channel,
        campaign_id,

        -- measures
        conversion_value,
        conversion_currency,
        quantity,
        touchpoints_to_conversion,
        time_to_conversion_minutes,

        -- timestamps
        conversion_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from conversions

)

select * from final
