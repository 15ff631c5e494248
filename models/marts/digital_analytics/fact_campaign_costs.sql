select
    campaign_cost_key,
    {{ date_key('cost_date') }} as cost_date_key,
    campaign_key,
    touchpoint_channel,
    cast(touchpoint_count as integer) as touchpoint_count,
    cast(cost_amount as decimal(18, 2)) as cost_amount,
    cost_date
from {{ ref('silver_campaign_costs') }}
