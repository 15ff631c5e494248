{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {'session_key': {'silver_session_parts': 'session_key'}},
        'selected_by': {'part_key': {'silver_web_pageview_sessions': 'session_key'}},
        'units': ['session_key'],
    },
) }}

-- A page seen in two web sessions of a session is one page. Few sessions have two: those are read.
with

web_sessions as (

    select
        session_key,
        part_key
    from {{ ref('silver_session_parts') }}
    where
        part_kind = 'web_session'
        {% if is_incremental() %}
            and session_key in (
                {{ touched('session_key') }}
                union all
                select seen_anew.session_key
                from {{ ref('silver_session_parts') }} as seen_anew
                where seen_anew.part_key in ({{ touched('part_key') }})
            )
        {% endif %}
    qualify count(*) over (partition by session_key) > 1

),

final as (

    select
        web_sessions.session_key,
        count(distinct pageviews.page_key) as unique_page_count,
        {{ batch_number() }} as derived_in_batch
    from web_sessions
    inner join {{ ref('silver_web_pageview_sessions') }} as assigned
        on web_sessions.part_key = assigned.session_key
    inner join {{ ref('silver_web_pageviews') }} as pageviews
        on assigned.pageview_key = pageviews.pageview_key
    group by web_sessions.session_key

)

select * from final
