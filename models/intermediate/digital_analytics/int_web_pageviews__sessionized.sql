with

pageviews as (

    select * from {{ ref('int_web_pageviews__deduplicated') }}

),

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
                when previous_timestamp is null
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
        *,
        {{ surrogate_key(['visitor_id_type', 'visitor_id']) }} as visitor_key,
        {{ surrogate_key(['visitor_id_type', 'visitor_id', 'session_start_timestamp']) }}
            as session_key,
        visit_part > 0 as is_capped_session,
        page_sequence_number = 1 as is_entry_page,
        next_timestamp is null as is_exit_page,
        case
            when next_timestamp is null then measured_time_on_page_seconds
            else cast(
                floor({{ seconds_between('pageview_timestamp', 'next_timestamp') }}) as integer
            )
        end as time_on_page_seconds
    from pages_numbered

)

select * from final
