{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['traffic_source_key'],
) }}

-- The rules are tried once on each combination that occurs, not once on each session.
with

entries as (

    select * from {{ ref('int_web_sessions__entries') }}
    {% if is_incremental() %}
        where traffic_source_key not in (select known.traffic_source_key from {{ this }} as known)
    {% endif %}

),

combinations as (

    select
        click_id,
        entry_utm_source,
        entry_utm_medium,
        entry_utm_campaign,
        external_referrer_host,
        traffic_source_key
    from entries
    group by all

),

known_sources as (

    select * from {{ ref('known_sources') }}

),

-- a click id before utm, utm before the referrer
sources_named as (

    select
        combinations.*,
        click_ids.parameter is not null as is_marked_click,
        lower(coalesce(
            click_ids.source_name,
            combinations.entry_utm_source,
            combinations.external_referrer_host,
            '(direct)'
        )) as raw_source_name,
        lower(
            coalesce(nullif(click_ids.medium_name, ''), combinations.entry_utm_medium)
        ) as given_medium_name
    from combinations
    left join {{ ref('click_ids') }} as click_ids
        on combinations.click_id = click_ids.parameter

),

sources_recognised as (

    select
        sources_named.traffic_source_key,
        any_value(sources_named.raw_source_name) as raw_source_name,
        any_value(sources_named.given_medium_name) as given_medium_name,
        any_value(sources_named.entry_utm_campaign) as entry_utm_campaign,
        any_value(sources_named.is_marked_click) as is_marked_click,
        any_value(sources_named.entry_utm_source) as entry_utm_source,
        min_by(known_sources.source_name, known_sources.priority) as known_source_name,
        min_by(known_sources.source_category, known_sources.priority) as source_category
    from sources_named
    left join known_sources
        on {{ text_matches('sources_named.raw_source_name', 'known_sources.pattern') }}
    group by sources_named.traffic_source_key

),

media_named as (

    select
        traffic_source_key,
        source_category,
        entry_utm_campaign,
        coalesce(known_source_name, raw_source_name) as source_name,
        case
            when given_medium_name is not null then given_medium_name
            when is_marked_click then 'social'
            when entry_utm_source is not null then '(not set)'
            when raw_source_name = '(direct)' then '(none)'
            when source_category = 'search' then 'organic'
            else 'referral'
        end as medium_name
    from sources_recognised

),

channels_found as (

    select
        media_named.traffic_source_key,
        media_named.source_name,
        media_named.medium_name,
        min_by(rules.channel_name, rules.rule_order) as channel_name
    from media_named
    -- an empty condition holds for everything: an empty pattern is found in every text
    inner join {{ ref('channel_rules') }} as rules
        on
            coalesce(rules.source_category, '') in ('', media_named.source_category)
            and {{ text_matches('media_named.source_name', "coalesce(rules.source_pattern, '')") }}
            and {{ text_matches('media_named.medium_name', "coalesce(rules.medium_pattern, '')") }}
            and {{ text_matches(
            "lower(coalesce(media_named.entry_utm_campaign, ''))",
            "coalesce(rules.campaign_pattern, '')",
        ) }}
    group by all

),

final as (

    select
        channels_found.*,
        channels.channel_family,
        channels.is_paid as is_paid_channel
    from channels_found
    inner join {{ ref('channels') }} as channels
        on channels_found.channel_name = channels.channel_name

)

select * from final
