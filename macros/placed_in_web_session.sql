{# Events of a CTE with the web session of ours they belong to, by the collector's session id (columns
   source_system and session_id): the session that had begun last when the event happened; for what
   comes before the first page view, the first. Without one the session's columns are null. #}
{% macro placed_in_web_session(events, id, timestamp) -%}
    select
        {{ events }}.*,
        source_sessions.session_key,
        source_sessions.visitor_key,
        coalesce(source_sessions.is_bot, false) as is_bot,
        coalesce(source_sessions.is_test, false) as is_test
    from {{ events }}
    left join {{ ref('int_web_sessions__source_sessions') }} as source_sessions
        on {{ events }}.source_system = source_sessions.source_system
        and {{ events }}.session_id = source_sessions.source_session_id
    qualify row_number() over (
        partition by {{ events }}.{{ id }}
        order by
            case
                when source_sessions.session_start_timestamp <= {{ events }}.{{ timestamp }} then 0
                else 1
            end,
            abs({{ seconds_between(
                'source_sessions.session_start_timestamp', events ~ '.' ~ timestamp
            ) }}),
            source_sessions.session_key
    ) = 1
{%- endmacro %}
