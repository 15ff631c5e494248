with

channels as (

    select channel_code
    from {{ ref('touchpoint_channels') }}
    where inbound_outbound = 'outbound' and (is_message or not is_digital)

),

actions as (select * from {{ ref('recommended_actions') }}),

final as (

    select
        touches.touchpoint_key as contact_key,
        'touchpoint' as contact_kind,
        touches.source_customer_key,
        touches.touchpoint_timestamp as contact_timestamp
    from {{ ref('int_touchpoints__responded') }} as touches
    inner join channels on touches.channel_code = channels.channel_code
    where touches.is_touch and touches.source_customer_key is not null
    union all
    select
        taken.recommendation_key as contact_key,
        'action' as contact_kind,
        taken.source_customer_key,
        taken.outcome_timestamp as contact_timestamp
    from {{ ref('silver_next_best_actions') }} as taken
    left join actions on taken.recommended_action = actions.action
    where
        taken.is_action_taken
        and taken.source_customer_key is not null
        and coalesce(actions.is_contact, true)

)

select * from final
