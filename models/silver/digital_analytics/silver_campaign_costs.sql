with

touchpoints as (

    {{ latest_delivery(
        ref('stg_journey_events__touchpoints'),
        'touchpoint_id',
        ['touchpoint_timestamp', 'customer_id', 'cost'],
    ) }}

),

final as (

    select
        {{ surrogate_key([
            'cast(touchpoint_timestamp as date)', 'campaign_id', 'campaign_name', 'channel'
        ]) }} as campaign_cost_key,
        {{ surrogate_key(['lower(coalesce(campaign_name, campaign_id))']) }} as campaign_key,
        cast(touchpoint_timestamp as date) as cost_date,
        campaign_id,
        campaign_name,
        lower(channel) as touchpoint_channel,
        -- a touch withheld from a holdout group reached nobody
        count(*) filter (where delivery_status is distinct from 'holdout') as touchpoint_count,
        sum(cost) as cost_amount
    from touchpoints
    group by cast(touchpoint_timestamp as date), campaign_id, campaign_name, channel

)

select * from final
