with

estimates as (select * from {{ ref('silver_attribution_estimates') }}),

-- channels and campaigns that this warehouse knows: a former world may have landed others
final as (

    select
        estimates.attribution_estimate_key,
        {{ date_key('estimates.analysis_date') }} as analysis_date_key,
        estimates.channel_key,
        estimates.campaign_key,
        estimates.conversion_type,
        estimates.attribution_grain,
        estimates.attribution_model,
        estimates.model_order,
        estimates.path_transform,
        estimates.lookback_seconds,
        estimates.is_latest,
        estimates.credit_share,
        estimates.credit_share_lower,
        estimates.credit_share_upper,
        estimates.removal_effect,
        estimates.removal_effect_lower,
        estimates.removal_effect_upper,
        estimates.attributed_conversions,
        estimates.attributed_revenue,
        estimates.confidence_level,
        estimates.sample_count,
        estimates.analysis_date
    from estimates
    inner join {{ ref('dim_channel') }} as channels on estimates.channel_key = channels.channel_key
    inner join {{ ref('dim_campaign') }} as campaigns
        on estimates.campaign_key = campaigns.campaign_key

)

select * from final
