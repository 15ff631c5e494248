{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {'session_key': {'silver_web_pageview_sessions': 'session_key'}},
        'units': ['visitor_key'],
    },
) }}

with

entry_pages as (

    select
        assigned.session_key,
        assigned.visitor_key,
        pageviews.page_host,
        pageviews.utm_source as entry_utm_source,
        pageviews.utm_medium as entry_utm_medium,
        pageviews.utm_campaign as entry_utm_campaign,
        nullif(
            regexp_extract(
                pageviews.page_url,
                '[?&](gclid|gbraid|wbraid|dclid|msclkid|fbclid|igshid|ttclid|twclid|li_fat_id'
                || '|yclid|epik|ScCid)=',
                1
            ), ''
        ) as click_id,
        regexp_replace(pageviews.referrer_host, '^www\.', '') as referrer_host,
        regexp_replace(pageviews.page_host, '^www\.', '') as own_host
    from {{ ref('silver_web_pageview_sessions') }} as assigned
    inner join {{ ref('silver_web_pageviews') }} as pageviews
        on assigned.pageview_key = pageviews.pageview_key
    where
        assigned.is_entry_page
        {% if is_incremental() %}
            and assigned.session_key in ({{ touched('session_key') }})
        {% endif %}

),

-- a page of our own site is no referrer, nor is its sub-domain or parent
referrers_judged as (

    select
        session_key,
        visitor_key,
        click_id,
        entry_utm_source,
        entry_utm_medium,
        entry_utm_campaign,
        case
            when own_host is null then referrer_host
            when
                referrer_host <> own_host
                and referrer_host not like '%.' || own_host
                and own_host not like '%.' || referrer_host
                then referrer_host
        end as external_referrer_host
    from entry_pages

),

final as (

    select
        *,
        {{ surrogate_key([
            'click_id', 'entry_utm_source', 'entry_utm_medium', 'entry_utm_campaign',
            'external_referrer_host',
        ]) }} as traffic_source_key,
        {{ batch_number() }} as derived_in_batch
    from referrers_judged

)

select * from final
