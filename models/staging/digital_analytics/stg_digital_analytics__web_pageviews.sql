{% set typed_fields = [
    'latitude', 'longitude', 'time_on_page_seconds', 'scroll_depth_pct', 'page_load_time_ms',
    'dom_ready_time_ms', 'first_paint_time_ms', 'exit_page_flag', 'bounce_flag',
    'pageview_attributes', 'raw_payload', 'pageview_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'web_pageviews') }}

),

typed as (

    select

        -- ids
        {{ clean_text('pageview_id') }} as pageview_id,
        {{ clean_text('session_id') }} as session_id,
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('device_id') }} as device_id,
        coalesce({{ clean_text('source_system') }}, '{{ var("default_source_system") }}')
            as source_system,

        -- page
        {{ clean_text('page_url') }} as page_url,
        {{ clean_text('page_path') }} as page_path,
        {{ clean_text('page_title') }} as page_title,
        {{ clean_text('page_category') }} as page_category,
        {{ clean_text('page_type') }} as page_type,
        {{ clean_text('previous_page_url') }} as previous_page_url,

        -- where the visitor came from
        {{ clean_text('referrer_url') }} as referrer_url,
        lower({{ clean_text('referrer_domain') }}) as referrer_domain,
        {{ clean_text('referrer_type') }} as referrer_type,
        {{ clean_text('search_keyword') }} as search_keyword,
        {{ clean_text('utm_source') }} as utm_source,
        {{ clean_text('utm_medium') }} as utm_medium,
        {{ clean_text('utm_campaign') }} as utm_campaign,
        {{ clean_text('utm_content') }} as utm_content,
        {{ clean_text('utm_term') }} as utm_term,

        -- device
        {{ clean_text('device_type') }} as device_type,
        {{ clean_text('device_brand') }} as device_brand,
        {{ clean_text('device_model') }} as device_model,
        {{ clean_text('browser') }} as browser,
        {{ clean_text('browser_version') }} as browser_version,
        {{ clean_text('os') }} as os,
        {{ clean_text('os_version') }} as os_version,
        {{ clean_text('screen_resolution') }} as screen_resolution,
        {{ clean_text('viewport_size') }} as viewport_size,
        {{ clean_text('user_agent') }} as user_agent,

        -- place
        {{ clean_text('ip_address') }} as ip_address,
        {{ clean_text('country') }} as country,
        {{ clean_text('region') }} as region,
        {{ clean_text('city') }} as city,
        {{ within('try_cast(latitude as decimal(10, 6))', -90, 90) }} as latitude,
        {{ within('try_cast(longitude as decimal(10, 6))', -180, 180) }} as longitude,

        -- measures
        {{ within(as_integer('time_on_page_seconds'), 0, 86400) }} as time_on_page_seconds,
        {{ within('try_cast(scroll_depth_pct as decimal(5, 2))', 0, 100) }} as scroll_depth_pct,
        {{ within(as_integer('page_load_time_ms'), 0, 3600000) }} as page_load_time_ms,
        {{ within(as_integer('dom_ready_time_ms'), 0, 3600000) }} as dom_ready_time_ms,
        {{ within(as_integer('first_paint_time_ms'), 0, 3600000) }} as first_paint_time_ms,

        -- flags, as the collector set them
        try_cast(exit_page_flag as boolean) as exit_page_flag,
        try_cast(bounce_flag as boolean) as bounce_flag,

        -- payloads
        {{ as_json('pageview_attributes') }} as pageview_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('pageview_timestamp') }} as pageview_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        pageview_timestamp as delivered_timestamp,
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
        {{ rejection_reason('pageview_id', 'pageview_timestamp') }} as rejection_reason
    from checked

)

select * from final
