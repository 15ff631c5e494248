select
    removal_effect_key,
    conversion_type,
    channel_key,
    campaign_key,
    removal_effect,
    credit_share,
    markov_conversions,
    markov_revenue
from {{ ref('silver_attribution_removal_effects') }}
