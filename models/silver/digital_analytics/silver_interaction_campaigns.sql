-- The campaigns that calls, visits and chats name, for dim_campaign: all of history, but two
-- columns of it. They name them by id, while a campaign's key is made of its name.
with

named as (

    select
        campaign_id,
        cast(min(interaction_timestamp) as date) as first_seen_date,
        cast(max(interaction_timestamp) as date) as last_seen_date
    from {{ ref('stg_customer_360__customer_interactions') }}
    where rejection_reason is null and campaign_id is not null
    group by campaign_id

),

campaigns as (

    select
        campaign_id,
        campaign_key,
        campaign_name
    from {{ ref('silver_campaign_costs') }}
    where campaign_id is not null
    qualify row_number() over (
        partition by campaign_id order by campaign_key asc, campaign_name asc
    ) = 1

),

final as (

    select
        named.campaign_id,
        coalesce(campaigns.campaign_key, {{ surrogate_key(['lower(named.campaign_id)']) }})
            as campaign_key,
        coalesce(campaigns.campaign_name, named.campaign_id) as campaign_name,
        named.first_seen_date,
        named.last_seen_date
    from named
    left join campaigns on named.campaign_id = campaigns.campaign_id

)

select * from final
