{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['touchpoint_key'],
    meta={
        'touched_by': {
            'touchpoint_key': {
                'int_touchpoints__responded': 'touchpoint_key',
                'int_touchpoints__sequenced': 'touchpoint_key',
                'int_touchpoints__sessions': 'touchpoint_key',
                'silver_attribution_paths': 'touch_key',
            },
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
        'units': ['source_customer_key', 'journey_key'],
    },
) }}
{% set default_model = var("attribution_default_model") %}

with

touchpoints as (

    select * from {{ ref('int_touchpoints__responded') }}
    {% if is_incremental() %}
        where
            touchpoint_key in ({{ touched('touchpoint_key') }})
            or source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

identities as (select * from {{ ref('silver_customer_identities') }}),

sequenced as (select * from {{ ref('int_touchpoints__sequenced') }}),

-- one touch may have led to several conversions: of each, its share
credits as (

    select
        touch_key,
        {% for model in ['first_touch', 'last_touch', 'linear', 'time_decay', 'position_based'] %}
            cast(
                cast(sum({{ model }}_weight) as double) / count(*) as decimal(5, 4)
            ) as {{ model }}_weight,
        {% endfor %}
        sum({{ default_model }}_weight) as attributed_conversions,
        sum({{ default_model }}_revenue) as attributed_revenue
    from {{ ref('silver_attribution_paths') }}
    where touch_kind = 'touchpoint'
    group by touch_key

),

final as (

    select

        -- keys
        touchpoints.touchpoint_key,
        touchpoints.touchpoint_id,
        touchpoints.touchpoint_timestamp,
        cast(touchpoints.touchpoint_timestamp as date) as touchpoint_date,
        coalesce(identities.customer_key, touchpoints.source_customer_key) as customer_key,
        touchpoints.source_customer_key,
        touchpoints.customer_id,
        touchpoints.journey_key,
        sessions.session_key,
        touchpoints.touchpoint_type,
        {{ surrogate_key(['touchpoints.touchpoint_type']) }} as touchpoint_type_key,
        touchpoints.channel_key,
        touchpoints.campaign_key,
        {{ surrogate_key(['touchpoints.content_id']) }} as content_key,
        {{ surrogate_key(['touchpoints.offer_id']) }} as offer_key,

        -- what
        touchpoints.touchpoint_category,
        touchpoints.channel_code,
        touchpoints.content_id,
        touchpoints.content_type,
        touchpoints.offer_id,
        touchpoints.offer_type,
        sequenced.sequence_in_journey as touchpoint_sequence_in_journey,
        sessions.sequence_in_session as touchpoint_sequence_in_session,
        touchpoints.is_personalized as personalized_flag,

        -- what became of it
        touchpoints.is_held_out,
        touchpoints.is_bounced,
        touchpoints.is_delivered as delivery_successful_flag,
        touchpoints.is_opened as opened_flag,
        touchpoints.is_clicked as clicked_flag,
        touchpoints.is_converted as converted_flag,
        touchpoints.is_message,
        touchpoints.is_machine_open,
        touchpoints.is_bot_click,

        -- measures
        touchpoints.conversion_value,
        touchpoints.offer_value,
        touchpoints.engagement_duration_seconds,
        touchpoints.engagement_score,
        cast(floor(
            {{ seconds_between(
                'touchpoints.touchpoint_timestamp',
                'least(touchpoints.open_timestamp, touchpoints.click_timestamp)'
            ) }} / 60
        ) as integer) as response_time_minutes,
        touchpoints.told_response_minutes,
        touchpoints.cost,

        -- credit
        credits.first_touch_weight as attribution_weight_first_touch,
        credits.last_touch_weight as attribution_weight_last_touch,
        credits.linear_weight as attribution_weight_linear,
        credits.time_decay_weight as attribution_weight_time_decay,
        credits.position_based_weight as attribution_weight_position,
        cast(coalesce(credits.attributed_conversions, 0) as decimal(18, 10))
            as attributed_conversions,
        cast(coalesce(credits.attributed_revenue, 0) as decimal(18, 2)) as attributed_revenue,

        -- quality
        cast(100.0 * (
            case when touchpoints.source_customer_key is null then 0 else 1 end
            + case when touchpoints.channel_name = 'Unassigned' then 0 else 1 end
            + case when touchpoints.delivery_status is null then 0 else 1 end
            + case when touchpoints.touchpoint_type is null then 0 else 1 end
            + case when touchpoints.cost is null then 0 else 1 end
        ) / 5 as decimal(5, 2)) as data_quality_score,
        touchpoints.ingestion_timestamp as created_timestamp,
        touchpoints.source_system,
        {{ batch_number() }} as derived_in_batch

    from touchpoints
    left join identities on touchpoints.source_customer_key = identities.source_customer_key
    left join sequenced on touchpoints.touchpoint_key = sequenced.touchpoint_key
    left join {{ ref('int_touchpoints__sessions') }} as sessions
        on touchpoints.touchpoint_key = sessions.touchpoint_key
    left join credits on touchpoints.touchpoint_key = credits.touch_key

)

select * from final
