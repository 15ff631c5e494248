{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {
            'visitor_key': {
                'int_web_sessions__aggregated': 'visitor_key',
                'int_web_sessions__entries': 'visitor_key',
            },
        },
        'units': ['session_key'],
    },
) }}

-- What the visitor's other sessions say of a session. On narrow rows, since all of them are read.
with

sessions as (

    select
        aggregated.session_key,
        aggregated.visitor_key,
        aggregated.session_start_timestamp,
        aggregated.session_end_timestamp,
        aggregated.login_customer_key,
        aggregated.lowest_customer_key,
        aggregated.highest_customer_key,
        aggregated.is_bot,
        aggregated.is_test,
        entries.click_id,
        entries.entry_utm_campaign,
        entries.external_referrer_host,
        coalesce(entries.entry_utm_source, entries.external_referrer_host) as raw_source_name,
        entries.entry_utm_medium as raw_medium_name,
        entries.traffic_source_key
    from {{ ref('int_web_sessions__aggregated') }} as aggregated
    inner join {{ ref('int_web_sessions__entries') }} as entries
        on aggregated.session_key = entries.session_key
    {% if is_incremental() %}
        where aggregated.visitor_key in ({{ touched('visitor_key') }})
    {% endif %}

),

-- a visit that came directly is owed to the last one that did not, for a while
visits_seen as (

    select
        sessions.*,
        sources.source_name,
        sources.medium_name,
        sources.channel_name,
        sources.channel_family,
        sources.is_paid_channel,
        row_number() over visitor_so_far as visitor_session_number,
        last_value(
            case when sources.channel_name <> 'Direct' then sessions.session_start_timestamp end
            ignore nulls
        ) over visitor_so_far as non_direct_timestamp,
        last_value(
            case when sources.channel_name <> 'Direct' then sources.traffic_source_key end
            ignore nulls
        ) over visitor_so_far as non_direct_source_key,
        min(sessions.lowest_customer_key) over visitor as lowest_customer_of_visitor,
        max(sessions.highest_customer_key) over visitor as highest_customer_of_visitor
    from sessions
    inner join {{ ref('int_traffic_sources__classified') }} as sources
        on sessions.traffic_source_key = sources.traffic_source_key
    window
        visitor as (partition by sessions.visitor_key),
        visitor_so_far as (
            partition by sessions.visitor_key order by sessions.session_start_timestamp
            rows between unbounded preceding and current row
        )

),

owed as (

    select
        *,
        case
            when
                non_direct_timestamp
                >= session_start_timestamp - interval '{{ var("non_direct_lookback_days") }}' day
                then non_direct_source_key
            else traffic_source_key
        end as owed_source_key
    from visits_seen

),

final as (

    select
        owed.session_key,
        owed.visitor_key,
        owed.session_start_timestamp,
        owed.session_end_timestamp,
        owed.visitor_session_number,
        -- a device that two people log in on says nothing of who the anonymous visitor is
        coalesce(
            owed.login_customer_key,
            case
                when owed.lowest_customer_of_visitor = owed.highest_customer_of_visitor
                    then owed.lowest_customer_of_visitor
            end
        ) as customer_key,
        {{ surrogate_key(['lower(owed.entry_utm_campaign)']) }} as campaign_key,
        {{ surrogate_key(['owed.channel_name']) }} as channel_key,
        owed.is_bot,
        owed.is_test,
        owed.click_id,
        owed.entry_utm_campaign,
        owed.external_referrer_host,
        owed.raw_source_name,
        owed.raw_medium_name,
        owed.source_name,
        owed.medium_name,
        owed.channel_name,
        owed.channel_family,
        owed.is_paid_channel,
        last_non_direct.source_name as last_non_direct_source_name,
        last_non_direct.medium_name as last_non_direct_medium_name,
        last_non_direct.channel_name as last_non_direct_channel_name,
        {{ batch_number() }} as derived_in_batch
    from owed
    inner join {{ ref('int_traffic_sources__classified') }} as last_non_direct
        on owed.owed_source_key = last_non_direct.traffic_source_key

)

select * from final
