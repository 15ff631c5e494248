{% set faults = {
    'delivered_before_sent': 'delivery_timestamp < touchpoint_timestamp',
    'opened_before_sent': 'open_timestamp < touchpoint_timestamp',
    'clicked_before_sent': 'click_timestamp < touchpoint_timestamp',
    'converted_before_sent': 'conversion_timestamp < touchpoint_timestamp',
    'opened_without_delivery': 'is_opened and (is_held_out or is_bounced)',
    'clicked_without_delivery': 'is_clicked and (is_held_out or is_bounced)',
    'converted_without_delivery': 'is_converted and (is_held_out or is_bounced)',
    'clicked_without_open': 'is_message and is_clicked and not is_opened',
    'clicked_before_opened': 'click_timestamp < open_timestamp',
    'opened_at_no_time': 'is_opened and open_timestamp is null',
    'clicked_at_no_time': 'is_clicked and click_timestamp is null',
    'converted_at_no_time': 'is_converted and conversion_timestamp is null',
    'time_of_no_open': 'not is_opened and open_timestamp is not null',
    'time_of_no_click': 'not is_clicked and click_timestamp is not null',
    'time_of_no_conversion': 'not is_converted and conversion_timestamp is not null',
    'cost_below_zero': 'cost < 0',
} %}

{% for fault, condition in faults.items() %}
    select
        touchpoint_key,
        '{{ fault }}' as fault,
        channel_key,
        touchpoint_timestamp
    from {{ ref('int_touchpoints__responded') }}
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
