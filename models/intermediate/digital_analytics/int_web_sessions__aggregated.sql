{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {'session_key': {'silver_web_pageview_sessions': 'session_key'}},
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
        'units': ['session_key', 'visitor_key'],
    },
) }}

with

assigned as (

    select * from {{ ref('silver_web_pageview_sessions') }}
    {% if is_incremental() %}
        where
            session_key in ({{ touched('session_key') }})
            or session_key in (
                select resolved_anew.session_key
                from {{ ref('silver_web_pageview_sessions') }} as resolved_anew
                inner join {{ ref('silver_web_pageviews') }} as logged_in
                    on resolved_anew.pageview_key = logged_in.pageview_key
                where logged_in.source_customer_key in ({{ touched('source_customer_key') }})
            )
    {% endif %}

),

pageviews as (

    select
        pageviews.*,
        assigned.session_key,
        assigned.page_sequence_number,
        assigned.is_entry_page,
        assigned.is_exit_page,
        assigned.is_capped_session,
        assigned.is_inhuman_session,
        assigned.time_on_page_seconds,
        coalesce(identities.customer_key, pageviews.source_customer_key) as login_customer_key
    from assigned
    inner join {{ ref('silver_web_pageviews') }} as pageviews
        on assigned.pageview_key = pageviews.pageview_key
    left join {{ ref('silver_customer_identities') }} as identities
        on pageviews.source_customer_key = identities.source_customer_key

),

final as (

    select
        session_key,
        min(visitor_key) as visitor_key,
        min(visitor_id_type) as visitor_id_type,
        min(device_id) as device_id,
        min(source_system) as source_system,
        min(pageview_timestamp) as session_start_timestamp,
        max(pageview_timestamp) as session_end_timestamp,
        count(*) as total_pageviews,
        count(distinct page_key) as unique_pages_viewed,

        -- first and last page
        max(page_url) filter (where is_entry_page) as entry_page,
        max(page_url) filter (where is_exit_page) as exit_page,
        max(page_category) filter (where is_entry_page) as landing_page_category,
        max(page_key) filter (where is_entry_page) as landing_page_key,
        max(device_key) filter (where is_entry_page) as device_key,

        -- who: the last login of the session, if there was one
        max_by(source_customer_key, page_sequence_number) filter (
            where source_customer_key is not null
        ) as source_customer_key,
        max_by(login_customer_key, page_sequence_number) filter (
            where login_customer_key is not null
        ) as login_customer_key,
        min(login_customer_key) as lowest_customer_key,
        max(login_customer_key) as highest_customer_key,
        bool_or(user_id is not null or customer_id is not null) as authenticated_flag,

        -- measures
        max(scroll_depth_pct) as max_scroll_depth_pct,
        avg(time_on_page_seconds) as avg_time_on_page_seconds,
        avg(
            (
                (case when visitor_id_type = 'none' then 0 else 1 end)
                + (case when source_session_id is null then 0 else 1 end)
                + (case when page_url is null then 0 else 1 end)
                + (case when page_title is null then 0 else 1 end)
                + (case when device_type is null then 0 else 1 end)
                + (case when country is null then 0 else 1 end)
            ) * 100.0 / 6
        ) as data_quality_score,

        -- flags
        bool_or(is_capped_session) as is_capped,
        bool_or(is_bot or is_inhuman_session) as is_bot,
        coalesce(
            min(bot_rule), case when bool_or(is_inhuman_session) then 'inhuman rate' end
        ) as bot_rule,
        bool_or(is_test) as is_test,
        max(ingestion_timestamp) as created_timestamp,
        {{ batch_number() }} as derived_in_batch

    from pageviews
    group by session_key

)

select * from final
