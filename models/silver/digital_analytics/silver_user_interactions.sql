with

interactions as (

    {{ latest_delivery(
        ref('stg_digital_analytics__user_interactions'),
        'interaction_id',
        ['interaction_timestamp', 'session_id', 'interaction_type', 'element_id'],
    ) }}

),

placed as (

    {{ placed_in_web_session('interactions', 'interaction_id', 'interaction_timestamp') }}

),

final as (

    select

        -- keys
        {{ surrogate_key(['interaction_id']) }} as interaction_key,
        session_key,
        visitor_key,

        -- ids
        interaction_id,
        session_id as source_session_id,
        source_system,
        user_id,
        customer_id,

        -- what
        lower(interaction_type) as interaction_type,
        element_id,
        element_name,
        element_type,
        page_url,
        screen_name,
        platform,
        device_type,

        -- measures
        click_coordinates_x,
        click_coordinates_y,
        scroll_position_y,
        scroll_depth_pct,
        time_to_interaction_ms,

        -- who should not be counted
        is_bot,
        is_test,

        -- timestamps
        interaction_timestamp,
        ingestion_timestamp

    from placed

)

select * from final
