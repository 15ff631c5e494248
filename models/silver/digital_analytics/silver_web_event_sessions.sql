{# kind of event: its table, key, time and whether it has what sessions count #}
{% set events = {
    'conversion': ['silver_conversions', 'conversion_key', 'conversion_timestamp'],
    'interaction': ['silver_user_interactions', 'interaction_key', 'interaction_timestamp'],
    'search': ['int_searches__delivered', 'search_key', 'search_timestamp'],
    'form_interaction': [
        'int_form_interactions__delivered', 'form_interaction_key', 'interaction_timestamp'
    ],
    'performance': ['silver_page_performance', 'page_performance_key', 'metric_timestamp'],
    'feature_usage': ['silver_feature_usage', 'usage_key', 'usage_timestamp'],
    'exposure': ['silver_ab_test_exposures', 'exposure_key', 'exposure_timestamp'],
} %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['event_kind', 'event_key'],
    meta={
        'touched_by': {
            'source_session_key': {'int_web_sessions__source_sessions': 'source_session_key'},
            'session_key': {'int_web_sessions__attributed': 'session_key'},
        },
        'units': ['session_key', 'visitor_key'],
    },
) }}

with

new_events as (

    {% for kind, (table, key, timestamp) in events.items() %}
        select
            '{{ kind }}' as event_kind,
            {{ key }} as event_key,
            source_session_key,
            {{ timestamp }} as event_timestamp,
            {{ 'conversion_value' if kind == 'conversion' else 'null' }} as conversion_value,
            {{ 'interaction_type' if kind == 'interaction' else 'null' }} as interaction_type,
            {{ 'scroll_depth_pct' if kind == 'interaction' else 'null' }} as scroll_depth_pct
        from {{ ref(table) }}
        {% if is_incremental() %}
            where derived_in_batch > {{ last_batch_of(model.name) }}
        {% endif %}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

events as (

    select * from new_events
    {% if is_incremental() %}
        union all
        select
            event_kind,
            event_key,
            source_session_key,
            event_timestamp,
            conversion_value,
            interaction_type,
            scroll_depth_pct
        from {{ this }}
        where
            (
                source_session_key in ({{ touched('source_session_key') }})
                or session_key in ({{ touched('session_key') }})
            )
            and (event_kind, event_key) not in (
                select
                    new_events.event_kind,
                    new_events.event_key
                from new_events
            )
    {% endif %}

),

only_sessions as (

    select * from {{ ref('int_web_sessions__source_sessions') }}
    where is_only

),

cut_sessions as (

    select * from {{ ref('int_web_sessions__source_sessions') }}
    where not is_only

),

-- the session of ours that had begun last when the event happened; for what comes before the first
-- page view, the first
placed as (

    select
        events.*,
        only_sessions.session_key
    from events
    left join only_sessions on events.source_session_key = only_sessions.source_session_key
    where
        events.source_session_key is null
        or events.source_session_key not in (
            select cut_sessions.source_session_key from cut_sessions
        )
    union all
    select
        events.*,
        cut_sessions.session_key
    from events
    inner join cut_sessions on events.source_session_key = cut_sessions.source_session_key
    qualify row_number() over (
        partition by events.event_kind, events.event_key
        order by
            case
                when cut_sessions.session_start_timestamp <= events.event_timestamp then 0 else 1
            end,
            abs({{ seconds_between(
                'cut_sessions.session_start_timestamp', 'events.event_timestamp'
            ) }}),
            cut_sessions.session_key
    ) = 1

),

final as (

    select
        placed.event_kind,
        placed.event_key,
        placed.source_session_key,
        sessions.session_key,
        sessions.visitor_key,
        sessions.customer_key,
        sessions.channel_key,
        sessions.campaign_key,
        sessions.session_end_timestamp,
        coalesce(sessions.is_bot, false) as is_bot,
        coalesce(sessions.is_test, false) as is_test,
        cast(placed.conversion_value as decimal(18, 2)) as conversion_value,
        placed.interaction_type,
        cast(placed.scroll_depth_pct as decimal(5, 2)) as scroll_depth_pct,
        placed.event_timestamp,
        {{ batch_number() }} as derived_in_batch
    from placed
    left join {{ ref('int_web_sessions__attributed') }} as sessions
        on placed.session_key = sessions.session_key

)

select * from final
