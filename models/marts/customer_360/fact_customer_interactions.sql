{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['interaction_key'],
    meta={
        'touched_by': {
            'interaction_key': {'silver_customer_interactions': 'interaction_key'},
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
    },
) }}

with

interactions as (

    select
        interactions.*,
        coalesce(campaigns.campaign_key, -1) as campaign_key,
        coalesce(products.product_key, -1) as product_discussed_key
    from {{ ref('silver_customer_interactions') }} as interactions
    left join {{ ref('silver_interaction_campaigns') }} as campaigns
        on interactions.campaign_id = campaigns.campaign_id
    left join {{ ref('silver_product_words') }} as products
        on lower(interactions.product_discussed) = products.product_word

),

{% if is_incremental() %}
    -- a campaign got its name, a product became known
    renamed as (

        select interactions.interaction_key
        from interactions
        inner join {{ this }} as known on interactions.interaction_key = known.interaction_key
        where
            interactions.campaign_key <> known.campaign_key
            or interactions.product_discussed_key <> known.product_discussed_key

    ),
{% endif %}

identities as (select * from {{ ref('silver_customer_identities') }}),

final as (

    select

        -- keys
        interactions.interaction_key,
        {{ date_key('interactions.interaction_timestamp') }} as interaction_date_key,
        cast(
            hour(interactions.interaction_timestamp) * 100
            + minute(interactions.interaction_timestamp) as integer
        ) as interaction_time_key,
        coalesce(identities.customer_key, interactions.source_customer_key) as customer_key,
        interactions.channel_key,
        interactions.interaction_type_key,
        interactions.agent_key,
        interactions.product_discussed_key,
        interactions.campaign_key,
        interactions.offer_key,

        -- what
        coalesce(interactions.channel_code, '(unknown)') as interaction_channel,
        coalesce(interactions.interaction_category, '(unknown)') as interaction_category,
        interactions.is_inbound,
        interactions.interaction_outcome,
        interactions.is_resolved as resolution_flag,
        interactions.is_escalated as escalation_flag,
        interactions.is_follow_up_required as follow_up_flag,
        interactions.is_converted as conversion_flag,

        -- measures
        interactions.interaction_duration_seconds,
        interactions.queue_seconds,
        interactions.sentiment_score,
        interactions.satisfaction_score,
        interactions.nps_score,
        interactions.effort_score,
        interactions.conversion_value,
        1 as interaction_count,

        -- when
        interactions.interaction_timestamp

    from interactions
    left join identities on interactions.source_customer_key = identities.source_customer_key
    {% if is_incremental() %}
        where
            interactions.interaction_key in ({{ touched('interaction_key') }})
            or interactions.source_customer_key in ({{ touched('source_customer_key') }})
            or interactions.interaction_key in (select renamed.interaction_key from renamed)
    {% endif %}

)

select * from final
