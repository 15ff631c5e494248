with

conversions as (

    {{ latest_delivery(
        ref('stg_digital_analytics__conversion_events'),
        'conversion_id',
        ['conversion_timestamp', 'session_id', 'conversion_type', 'conversion_value'],
    ) }}

),

placed as (

    {{ placed_in_web_session('conversions', 'conversion_id', 'conversion_timestamp') }}

),

final as (

    select

        -- keys
        {{ surrogate_key(['conversion_id']) }} as conversion_key,
        session_key,
        visitor_key,

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

        -- who should not be counted
        is_bot,
        is_test,

        -- timestamps
        conversion_timestamp,
        ingestion_timestamp

    from placed

)

select * from final
