{{ config(group='digital_analytics') }}

with

sessions as (

    select
        session_key,
        case
            when is_bot then 'bot: ' || coalesce(bot_rule, 'unknown rule')
            when is_test then 'test'
        end as reason,
        total_pageviews
    from {{ ref('silver_web_sessions') }}

),

events as (

    select
        event_kind,
        session_key
    from {{ ref('silver_web_event_sessions') }}
    where is_bot or is_test

),

counted as (

    select
        'web session' as row_kind,
        reason,
        count(*) as row_count
    from sessions
    where reason is not null
    group by reason
    union all
    select
        'page view' as row_kind,
        reason,
        sum(total_pageviews) as row_count
    from sessions
    where reason is not null
    group by reason
    union all
    select
        events.event_kind as row_kind,
        sessions.reason,
        count(*) as row_count
    from events
    inner join sessions on events.session_key = sessions.session_key
    group by events.event_kind, sessions.reason

),

final as (

    select
        row_kind,
        reason,
        cast(row_count as bigint) as row_count,
        {{ 'false' if var("include_bots") else 'true' }} as is_left_out
    from counted

)

select * from final
