{{ latest_delivery(
    ref('stg_digital_analytics__user_interactions'),
    'interaction_id',
    ['interaction_timestamp', 'session_id', 'interaction_type', 'element_id'],
) }}
