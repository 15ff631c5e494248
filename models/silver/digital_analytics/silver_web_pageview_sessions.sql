{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['pageview_key'],
    meta={
        'touched_by': {'visitor_key': {'silver_web_pageviews': 'visitor_key'}},
        'units': ['session_key', 'source_session_key'],
    },
) }}

-- Only what a session is made of: the windows below sort every row, and narrow rows sort fast.
with

pageviews as (

    select
        pageview_key,
        pageview_id,
        visitor_key,
        source_session_key,
        pageview_timestamp,
        utm_campaign,
        measured_time_on_page_seconds,
        derived_in_batch
    from {{ ref('silver_web_pageviews') }}
    {% if is_incremental() %}
        where visitor_key in ({{ touched('visitor_key') }})
    {% endif %}

),

gaps_measured as (

    select
        *,
        lag(pageview_timestamp) over visitor as previous_timestamp,
        last_value(utm_campaign ignore nulls) over before_this as previous_campaign
    from pageviews
    window
        visitor as (partition by visitor_key order by pageview_timestamp, pageview_id),
        before_this as (
            partition by visitor_key order by pageview_timestamp, pageview_id
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
        ) over visitor_so_far as visit_opened_at
    from gaps_measured
    window visitor_so_far as (
        partition by visitor_key order by pageview_timestamp, pageview_id
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

pages_numbered as (

    select
        *,
        first_value(pageview_timestamp) over session as session_start_timestamp,
        row_number() over session as page_sequence_number,
        lead(pageview_timestamp) over session as next_timestamp,
        count(*) over whole_session as page_count,
        max(pageview_timestamp) over whole_session as session_end_timestamp
    from visits_cut
    window
        session as (
            partition by visitor_key, visit_opened_at, visit_part
            order by pageview_timestamp, pageview_id
        ),
        whole_session as (partition by visitor_key, visit_opened_at, visit_part)

),

final as (

    select
        pageview_key,
        {{ surrogate_key(['visitor_key', 'session_start_timestamp']) }} as session_key,
        visitor_key,
        source_session_key,
        pageview_timestamp,
        session_start_timestamp,
        cast(page_sequence_number as integer) as page_sequence_number,
        page_sequence_number = 1 as is_entry_page,
        next_timestamp is null as is_exit_page,
        visit_part > 0 as is_capped_session,
        -- more pages a minute than a person can look at
        page_count >= {{ var("bot_session_pages") }}
        and (page_count - 1) * 60.0 > {{ var("bot_pages_per_minute") }}
        * {{ seconds_between('session_start_timestamp', 'session_end_timestamp') }}
            as is_inhuman_session,
        case
            when next_timestamp is null then measured_time_on_page_seconds
            else cast(
                floor({{ seconds_between('pageview_timestamp', 'next_timestamp') }}) as integer
            )
        end as time_on_page_seconds,
        derived_in_batch as pageview_derived_in_batch,
        {{ batch_number() }} as derived_in_batch
    from pages_numbered

)

select * from final
