{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {
            'session_key': {'silver_web_sessions': 'session_key'},
        },
    },
) }}

with

sessions as (

    select * from {{ ref('silver_web_sessions') }}
    where
        ({{ var("include_bots") }} or not (is_bot or is_test))
        {% if is_incremental() %}
            and session_key in ({{ touched('session_key') }})
        {% endif %}

),

final as (

    select

        -- keys
        session_key,
        {{ date_key('session_start_timestamp') }} as session_date_key,
        cast(
            hour(session_start_timestamp) * 100 + minute(session_start_timestamp) as integer
        ) as session_time_key,
        visitor_key,
        customer_key,
        channel_key,
        campaign_key,
        device_key,
        landing_page_key,

        -- attributes
        raw_source_name,
        raw_medium_name,
        source_name,
        medium_name,
        channel_name,
        last_non_direct_source_name,
        last_non_direct_medium_name,
        last_non_direct_channel_name,
        channel_family,
        is_paid_channel,
        referrer_type,
        new_session_flag as is_first_session,
        authenticated_flag as is_authenticated,
        bounce_flag as is_bounce,
        engaged_flag as is_engaged,
        conversion_flag as is_converted,
        visitor_id_type <> 'none' as is_identified,

        -- measures
        total_pageviews as pageview_count,
        session_duration_seconds,
        conversion_count,
        conversion_value,
        total_clicks as click_count,
        max_scroll_depth_pct,
        engagement_score,

        -- timestamps
        session_date,
        session_start_timestamp,
        session_end_timestamp

    from sessions

)

select * from final
