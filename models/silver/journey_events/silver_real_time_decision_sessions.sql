{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['decision_key'],
    meta={
        'touched_by': {
            'decision_key': {'silver_real_time_decisions': 'decision_key'},
            'source_session_key': {'silver_web_pageview_sessions': 'source_session_key'},
            'session_key': {'silver_web_sessions': 'session_key'},
        },
        'units': ['decision_key'],
    },
) }}

with

decisions as (

    select
        decision_key,
        source_session_key,
        decision_timestamp
    from {{ ref('silver_real_time_decisions') }}
    {% if is_incremental() %}
        where
            decision_key in (
                {{ touched('decision_key') }}
                union all
                select placed.decision_key
                from {{ this }} as placed
                where placed.session_key in ({{ touched('session_key') }})
            )
            or source_session_key in ({{ touched('source_session_key') }})
    {% endif %}

),

-- the collector's session may be several of ours
parts as (

    select
        pages.source_session_key,
        pages.session_key,
        min(pages.pageview_timestamp) as part_start_timestamp
    from {{ ref('silver_web_pageview_sessions') }} as pages
    where
        pages.source_session_key in (
            select decisions.source_session_key from decisions
            where decisions.source_session_key is not null
        )
    group by pages.source_session_key, pages.session_key

),

-- the one that had begun last when it was decided; for what comes before the first page view,
-- the first
placed as (

    select
        decisions.decision_key,
        decisions.source_session_key,
        parts.session_key
    from decisions
    left join parts on decisions.source_session_key = parts.source_session_key
    qualify row_number() over (
        partition by decisions.decision_key
        order by
            case when parts.part_start_timestamp <= decisions.decision_timestamp then 0 else 1 end,
            abs({{ seconds_between(
                'parts.part_start_timestamp', 'decisions.decision_timestamp'
            ) }}),
            parts.session_key
    ) = 1

),

final as (

    select
        placed.decision_key,
        placed.source_session_key,
        placed.session_key,
        sessions.customer_key,
        coalesce(sessions.is_bot, false) as is_bot,
        coalesce(sessions.is_test, false) as is_test,
        {{ batch_number() }} as derived_in_batch
    from placed
    left join {{ ref('silver_web_sessions') }} as sessions
        on placed.session_key = sessions.session_key

)

select * from final
