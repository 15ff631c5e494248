with

source as (

    select * from {{ source('bronze', 'analysis_attribution_results') }}

),

typed as (

    select

        -- what was analysed
        try_cast(analysis_date as date) as analysis_date,
        {{ clean_text('conversion_type') }} as conversion_type,
        {{ clean_text('grain') }} as attribution_grain,
        try_cast(channel_key as bigint) as channel_key,
        try_cast(campaign_key as bigint) as campaign_key,
        {{ clean_text('name') }} as node_name,
        {{ clean_text('attribution_model') }} as attribution_model,
        try_cast(model_order as integer) as model_order,
        {{ clean_text('path_transform') }} as path_transform,
        try_cast(lookback_seconds as bigint) as lookback_seconds,

        -- what the model gives
        try_cast(share as double) as credit_share,
        try_cast(share_lower as double) as credit_share_lower,
        try_cast(share_upper as double) as credit_share_upper,
        try_cast(removal_effect as double) as removal_effect,
        try_cast(removal_effect_lower as double) as removal_effect_lower,
        try_cast(removal_effect_upper as double) as removal_effect_upper,
        try_cast(conversions as double) as attributed_conversions,
        try_cast(revenue as decimal(18, 2)) as attributed_revenue,
        try_cast(confidence_level as double) as confidence_level,
        try_cast(sample_count as integer) as sample_count,

        -- timestamps
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,
        {{ whole_row('source') }} as delivered_row

    from source

),

final as (

    select
        *,
        case
            when
                conversion_type is null or attribution_grain is null or channel_key is null
                or campaign_key is null or attribution_model is null or path_transform is null
                then 'missing_key'
            when analysis_date is null then 'missing_date'
            when attributed_conversions is null or attributed_revenue is null
                then 'missing_credit'
        end as rejection_reason
    from typed

)

select * from final
