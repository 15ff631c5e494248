{{ latest_delivery(
    ref('stg_digital_analytics__conversion_events'),
    'conversion_id',
    ['conversion_timestamp', 'session_id', 'conversion_type', 'conversion_value'],
) }}
