{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['campaign_cost_key'],
    meta={
        'touched_by': {
            'campaign_cost_key': {'int_touchpoints__delivered': 'campaign_cost_key'},
        },
    },
) }}

select
    campaign_cost_key,
    {{ surrogate_key(['lower(coalesce(campaign_name, campaign_id))']) }} as campaign_key,
    cost_date,
    campaign_id,
    campaign_name,
    lower(channel) as touchpoint_channel,
    -- a touch withheld from a holdout group reached nobody
    count(*) filter (where delivery_status is distinct from 'holdout') as touchpoint_count,
    sum(cost) as cost_amount
from {{ ref('int_touchpoints__delivered') }}
{% if is_incremental() %}
    where campaign_cost_key in ({{ touched('campaign_cost_key') }})
{% endif %}
group by campaign_cost_key, cost_date, campaign_id, campaign_name, channel
