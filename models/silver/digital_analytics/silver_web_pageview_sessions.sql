{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['pageview_key'],
    meta={
        'touched_by': {'visit_key': {'int_web_pageviews__visits': 'visit_key'}},
        'units': ['session_key', 'source_session_key'],
    },
) }}

with

visits as (

    select * from {{ ref('int_web_pageviews__visits') }}
    {% if is_incremental() %}
        where visit_key in ({{ touched('visit_key') }})
    {% endif %}

),

-- a visit without end is cut into parts of max_session_hours, counted from its first page view
visits_cut as (

    select
        *,
        cast(
            greatest(
                ceil(
                    {{ seconds_between('visit_start_timestamp', 'pageview_timestamp') }}
                    / ({{ var("max_session_hours") }} * 3600)
                ) - 1, 0
            ) as integer
        ) as visit_part
    from visits

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
            partition by visit_key, visit_part order by pageview_timestamp, pageview_id
        ),
        whole_session as (partition by visit_key, visit_part)

),

final as (

    select
        pageview_key,
        {{ surrogate_key(['visitor_key', 'session_start_timestamp']) }} as session_key,
        visitor_key,
        visit_key,
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
        pageview_derived_in_batch,
        {{ batch_number() }} as derived_in_batch
    from pages_numbered

)

select * from final
