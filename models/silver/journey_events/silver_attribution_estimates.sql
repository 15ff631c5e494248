{{ config(materialized='table') }}

-- Landed anew, an analysis replaces the one before; should both be there, the later one counts
with

landed as (

    select results.*
    from {{ ref('stg_journey_events__analysis_attribution_results') }} as results
    -- what a former world left behind may be of days that this one has not seen
    inner join {{ ref('silver_attribution_settings') }} as built_by
        on results.analysis_date <= built_by.as_of
    where results.rejection_reason is null
    qualify row_number() over (
        partition by
            results.analysis_date, results.conversion_type, results.attribution_grain,
            results.path_transform, results.attribution_model, results.channel_key,
            results.campaign_key
        order by results.ingestion_timestamp desc, results.attributed_conversions desc
    ) = 1

),

final as (

    select
        {{ surrogate_key([
            'analysis_date', 'conversion_type', 'attribution_grain', 'path_transform',
            'attribution_model', 'channel_key', 'campaign_key',
        ]) }} as attribution_estimate_key,
        analysis_date,
        conversion_type,
        attribution_grain,
        channel_key,
        campaign_key,
        attribution_model,
        model_order,
        path_transform,
        lookback_seconds,
        credit_share,
        credit_share_lower,
        credit_share_upper,
        removal_effect,
        removal_effect_lower,
        removal_effect_upper,
        attributed_conversions,
        attributed_revenue,
        confidence_level,
        sample_count,
        -- the same day analysed by another transform is another answer: of the two the later counts
        analysis_date = max(analysis_date) over (partition by conversion_type, attribution_grain)
        and path_transform = first_value(path_transform) over (
            partition by conversion_type, attribution_grain
            order by analysis_date desc, ingestion_timestamp desc, path_transform asc
        ) as is_latest
    from landed

)

select * from final
