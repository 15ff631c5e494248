{% set typed_fields = [
    'element_position_x', 'element_position_y', 'click_coordinates_x', 'click_coordinates_y',
    'scroll_position_y', 'scroll_depth_pct', 'time_to_interaction_ms', 'interaction_attributes',
    'raw_payload', 'interaction_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'user_interactions') }}

),

typed as (

    select

        -- ids
        {{ clean_text('interaction_id') }} as interaction_id,
        {{ clean_text('session_id') }} as session_id,
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('customer_id') }} as customer_id,
        coalesce({{ clean_text('source_system') }}, '{{ var("default_source_system") }}')
            as source_system,

        -- what was done
        {{ clean_text('interaction_type') }} as interaction_type,
        {{ clean_text('interaction_value') }} as interaction_value,

        -- the element
        {{ clean_text('element_id') }} as element_id,
        {{ clean_text('element_name') }} as element_name,
        {{ clean_text('element_type') }} as element_type,
        {{ clean_text('element_class') }} as element_class,
        {{ clean_text('element_text') }} as element_text,
        {{ as_integer('element_position_x') }} as element_position_x,
        {{ as_integer('element_position_y') }} as element_position_y,

        -- where
        {{ clean_text('page_url') }} as page_url,
        {{ clean_text('screen_name') }} as screen_name,
        {{ clean_text('platform') }} as platform,
        {{ clean_text('device_type') }} as device_type,

        -- measures
        {{ as_integer('click_coordinates_x') }} as click_coordinates_x,
        {{ as_integer('click_coordinates_y') }} as click_coordinates_y,
        {{ as_integer('scroll_position_y') }} as scroll_position_y,
        {{ within('try_cast(scroll_depth_pct as decimal(5, 2))', 0, 100) }} as scroll_depth_pct,
        {{ within(as_integer('time_to_interaction_ms'), 0, 86400000) }} as time_to_interaction_ms,

        -- payloads
        {{ as_json('interaction_attributes') }} as interaction_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('interaction_timestamp') }} as interaction_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        interaction_timestamp as delivered_timestamp,
        {{ raw_fields(typed_fields) }} as raw,
        {{ whole_row('source') }} as delivered_row

    from source

),

checked as (

    select
        *,
        {{ nulled_columns(typed_fields) }} as nulled_columns
    from typed

),

final as (

    select
        *,
        {{ rejection_reason('interaction_id', 'interaction_timestamp') }} as rejection_reason
    from checked

)

select * from final
