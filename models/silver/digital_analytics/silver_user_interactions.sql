{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['interaction_key'],
    meta={'units': ['source_customer_key']},
) }}

with

interactions as (

    {{ latest_delivery(
        ref('stg_digital_analytics__user_interactions'),
        'interaction_id',
        ['interaction_timestamp', 'session_id', 'interaction_type', 'element_id'],
    ) }}

),

final as (

    select

        -- keys
        {{ surrogate_key(['interaction_id']) }} as interaction_key,
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

        -- timestamps
        interaction_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from interactions

)

select * from final
