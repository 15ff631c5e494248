{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['interaction_key'],
    meta={'units': ['interaction_key', 'source_customer_key']},
) }}

with

interactions as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_interactions'),
        'interaction_id',
        [
            'interaction_timestamp', 'customer_id', 'interaction_type', 'channel',
            'interaction_outcome', 'satisfaction_score', 'nps_score', 'resolution_flag',
        ],
    ) }}

),

words as (select * from {{ ref('outcome_words') }}),

channels as (select * from {{ ref('touchpoint_channels') }}),

told as (

    select
        interactions.*,
        coalesce(channels.channel_name, 'Unassigned') as channel_name,
        words.is_converted as is_word_of_conversion,
        coalesce(
            {{ json_number('interaction_attributes', 'effort_score') }},
            {{ json_number('interaction_attributes', 'ces_score') }}
        ) as told_effort,
        {{ json_number('interaction_attributes', 'conversion_value') }} as told_value,
        {{ json_number('interaction_attributes', 'queue_seconds') }} as told_queue_seconds
    from interactions
    left join words on lower(interactions.interaction_outcome) = words.outcome
    left join channels on lower(interactions.channel) = channels.channel_code

),

final as (

    select

        -- keys
        {{ surrogate_key(['interaction_id']) }} as interaction_key,
        case
            when customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'customer_id'
                ]) }}
        end as source_customer_key,
        {{ surrogate_key(['lower(interaction_type)']) }} as interaction_type_key,
        {{ surrogate_key(['channel_name']) }} as channel_key,
        {{ surrogate_key(['agent_id']) }} as agent_key,
        {{ surrogate_key(['offer_id']) }} as offer_key,

        -- ids
        interaction_id,
        '{{ var("default_source_system") }}' as source_system,
        customer_id,
        device_id,
        session_id as source_session_id,
        campaign_id,
        offer_id,

        -- what
        lower(interaction_type) as interaction_type,
        lower(interaction_category) as interaction_category,
        lower(channel) as channel_code,
        lower(channel_detail) as channel_detail,
        lower(interaction_direction) as interaction_direction,
        -- who does not say that we called was called by the customer
        coalesce(lower(interaction_direction) not like 'out%', true) as is_inbound,
        lower(interaction_outcome) as interaction_outcome,
        department,
        product_discussed,
        notes,

        -- what came of it
        coalesce(
            resolution_flag,
            case
                when lower(interaction_outcome) in ('resolved', 'solved') then true
                when lower(interaction_outcome) in ('unresolved', 'unsolved') then false
            end
        ) as is_resolved,
        escalation_flag as is_escalated,
        follow_up_required as is_follow_up_required,
        coalesce(told_value > 0 or is_word_of_conversion, is_word_of_conversion) as is_converted,
        cast(told_value as decimal(18, 2)) as conversion_value,

        -- what the customer said
        lower(sentiment) as sentiment,
        sentiment_score,
        {{ within('satisfaction_score', 1, var('satisfaction_scale')) }} as satisfaction_score,
        nps_score,
        cast({{ within('told_effort', 1, var('effort_scale')) }} as integer) as effort_score,

        -- measures
        interaction_duration_seconds,
        cast({{ within('told_queue_seconds', 0, 86400) }} as integer) as queue_seconds,

        -- timestamps
        interaction_timestamp,
        cast(interaction_timestamp as date) as interaction_date,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from told

)

select * from final
