-- What a customer event or a click on a touch brings into its session. A view.
with

event_moments as (

    select
        'customer_event' as part_kind,
        event_key as part_key,
        -- money booked meanwhile is no channel that somebody went over
        case when engagement_kind <> 'background' then channel_code end as channel_code,
        case when is_click then own_channel_key end as arrival_channel_key,
        campaign_key as arrival_campaign_key,
        journey_key,
        event_timestamp as moment_timestamp,
        1 as event_count,
        case when engagement_kind <> 'background' and is_on_device then 1 else 0 end
            as device_event_count,
        case
            when engagement_kind <> 'background' and not is_on_device and is_click then 1 else 0
        end as click_event_count,
        case
            when engagement_kind <> 'background' and not is_on_device and not is_click then 1
            else 0
        end as other_event_count,
        0 as touch_click_count,
        case when is_conversion_event then 1 else 0 end as event_conversion_count,
        case when is_conversion_event then coalesce(event_value, 0) else 0 end
            as event_conversion_value,
        case when is_conversion_event then event_type end as conversion_type,
        engagement_weight,
        data_quality_score,
        ingestion_timestamp as created_timestamp
    from {{ ref('int_customer_events__typed') }}

),

click_moments as (

    select
        'touch_click' as part_kind,
        touchpoint_key as part_key,
        -- who clicks an ad comes to the web; a message is a channel of its own
        case when is_message then channel_code end as channel_code,
        channel_key as arrival_channel_key,
        campaign_key as arrival_campaign_key,
        journey_key,
        click_timestamp as moment_timestamp,
        0 as event_count,
        0 as device_event_count,
        0 as click_event_count,
        0 as other_event_count,
        1 as touch_click_count,
        0 as event_conversion_count,
        cast(0 as decimal(18, 2)) as event_conversion_value,
        cast(null as string) as conversion_type,
        cast(0 as decimal(5, 2)) as engagement_weight,
        cast(null as decimal(5, 2)) as data_quality_score,
        ingestion_timestamp as created_timestamp
    from {{ ref('int_touchpoints__responded') }}

),

final as (

    select * from event_moments
    union all
    select * from click_moments

)

select * from final
