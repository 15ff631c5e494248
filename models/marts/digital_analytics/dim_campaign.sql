with

session_campaigns as (

    select
        campaign_key,
        min(entry_utm_campaign) as campaign_name,
        min(session_date) as first_seen_date,
        max(session_date) as last_seen_date
    from {{ ref('silver_web_sessions') }}
    where campaign_key <> -1
    group by campaign_key

),

cost_campaigns as (

    select
        campaign_key,
        min(campaign_name) as campaign_name,
        min(cost_date) as first_seen_date,
        max(cost_date) as last_seen_date
    from {{ ref('silver_campaign_costs') }}
    where campaign_key <> -1
    group by campaign_key

),

event_campaigns as (

    select * from {{ ref('silver_event_campaigns') }}

),

interaction_campaigns as (

    select
        campaign_key,
        min(campaign_name) as campaign_name,
        min(first_seen_date) as first_seen_date,
        max(last_seen_date) as last_seen_date
    from {{ ref('silver_interaction_campaigns') }}
    group by campaign_key

),

final as (

    select
        campaign_key,
        min(campaign_name) as campaign_name,
        min(first_seen_date) as first_seen_date,
        max(last_seen_date) as last_seen_date
    from (
        select * from session_campaigns
        union all
        select * from cost_campaigns
        union all
        select * from event_campaigns
        union all
        select * from interaction_campaigns
    ) as campaigns
    group by campaign_key
    union all
    select
        -1 as campaign_key,
        '(none)' as campaign_name,
        null as first_seen_date,
        null as last_seen_date

)

select * from final
