{{ config(group='journey_events') }}

{# what is compared: its flag, what the source asserts, and what is shown #}
{% set assertions = {
    'status': ['is_status_different', 'asserted_status', 'journey_status'],
    'current_stage': ['is_stage_different', 'asserted_stage', 'current_stage'],
    'total_touchpoints': [
        'is_touchpoint_count_different', 'asserted_touchpoints', 'total_touchpoints'
    ],
    'stages_completed': [
        'is_stage_count_different', 'asserted_stages_completed', 'stages_completed'
    ],
    'progress_percentage': ['is_progress_different', 'asserted_progress', 'completion_rate'],
} %}

{% for field, (is_different, asserted, shown) in assertions.items() %}
    select
        journey_key,
        journey_instance_id,
        '{{ field }}' as differing_field,
        cast({{ asserted }} as string) as asserted_value,
        cast({{ shown }} as string) as shown_value
    from {{ ref('silver_customer_journeys') }}
    where {{ is_different }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
