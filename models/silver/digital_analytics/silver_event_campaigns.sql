-- The campaigns that customer events name, for dim_campaign: all of history, but two columns of it.
select
    {{ surrogate_key(['lower(utm_campaign)']) }} as campaign_key,
    min(utm_campaign) as campaign_name,
    cast(min(event_timestamp) as date) as first_seen_date,
    cast(max(event_timestamp) as date) as last_seen_date
from {{ ref('stg_journey_events__customer_events') }}
where rejection_reason is null and utm_campaign is not null
group by lower(utm_campaign)
