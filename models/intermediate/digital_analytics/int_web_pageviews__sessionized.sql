with

pageviews as (select * from {{ ref('int_web_pageviews__deduplicated') }}),

gaps_measured as (

    select
        *,
        lag(pageview_timestamp) over visitor as previous_timestamp,
        last_value(utm_campaign ignore nulls) over before_this as previous_campaign
    from pageviews
    window
        visitor as (
            partition by visitor_id_type, visitor_id
            order by pageview_timestamp, pageview_id
        ),
        before_this as (
            partition by visitor_id_type, visitor_id
            order by pageview_timestamp, pageview_id
            rows between unbounded preceding and 1 preceding
        )

),

visits_opened as (

    select
        *,
        max(
            case
                when
                    previous_timestamp is null
                    or pageview_timestamp
                    > previous_timestamp + interval '{{ var("session_gap_seconds") }}' second
                    or (
                        {{ var("split_session_on_campaign") }}
                        and utm_campaign <> previous_campaign
                    )
                    then pageview_timestamp
            end
        ) over visitor as visit_opened_at
    from gaps_measured
    window visitor as (
        partition by visitor_id_type, visitor_id
        order by pageview_timestamp, pageview_id
        rows between unbounded preceding and current row
    )

),

-- a visit without end is cut into parts of max_session_hours, counted from its first page view
visits_cut as (

    select
        *,
        cast(
            greatest(
                ceil(
                    {{ seconds_between('visit_opened_at', 'pageview_timestamp') }}
                    / ({{ var("max_session_hours") }} * 3600)
                ) - 1, 0
            ) as integer
        ) as visit_part
    from visits_opened

),

sessions_keyed as (

    select
        *,
        min(pageview_timestamp) over session as session_start_timestamp
    from visits_cut
    window session as (partition by visitor_id_type, visitor_id, visit_opened_at, visit_part)

),

pages_numbered as (

    select
        *,
        row_number() over session as page_sequence_number,
        lead(pageview_timestamp) over session as next_timestamp
    from sessions_keyed
    window session as (
        partition by visitor_id_type, visitor_id, session_start_timestamp
        order by pageview_timestamp, pageview_id
    )

),

final as (

    select
        -- ids
        pageview_id,
        {{ surrogate_key(['visitor_id_type', 'visitor_id', 'session_start_timestamp']) }}
            as session_key,
        {{ surrogate_key(['visitor_id_type', 'visitor_id']) }} as visitor_key,
        source_session_id,
        source_system,
        visitor_id_type,
        device_id,
        user_id,
        customer_id,
        -- page and where the visitor came from
        page_url,
        page_host,
        page_path,
        page_title,
        page_category,
        page_type,
        referrer_url,
        referrer_host,
        utm_source,
        utm_medium,
        utm_campaign,
        -- device and place
        user_agent,
        device_type,
        device_brand,
        device_model,
        browser,
        browser_version,
        os,
        os_version,
        country,
        -- place in the session
        page_sequence_number,
        page_sequence_number = 1 as is_entry_page,
        next_timestamp is null as is_exit_page,
        visit_part > 0 as is_capped_session,
        -- measures
        case
            when next_timestamp is null then measured_time_on_page_seconds
            else cast(
                floor({{ seconds_between('pageview_timestamp', 'next_timestamp') }}) as integer
            )
        end as time_on_page_seconds,
        scroll_depth_pct,
        page_load_time_ms,
        -- timestamps
        session_start_timestamp,
        pageview_timestamp,
        ingestion_timestamp
    from pages_numbered

)

select * from final
