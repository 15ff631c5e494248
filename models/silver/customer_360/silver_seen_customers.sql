{# behaviour that may name a customer, and its time #}
{% set events = {
    'silver_web_pageviews': 'pageview_timestamp',
    'silver_conversions': 'conversion_timestamp',
    'silver_user_interactions': 'interaction_timestamp',
    'silver_searches': 'search_timestamp',
    'silver_form_interactions': 'interaction_timestamp',
    'silver_app_events': 'event_timestamp',
    'silver_feature_usage': 'usage_timestamp',
    'silver_ab_test_exposures': 'exposure_timestamp',
    'silver_customer_events': 'event_timestamp',
    'silver_touchpoints': 'touchpoint_timestamp',
    'silver_next_best_actions': 'recommendation_timestamp',
    'silver_real_time_decisions': 'decision_timestamp',
    'silver_journey_assertions': 'journey_start_timestamp',
    'silver_journey_measurements': 'measurement_timestamp',
    'silver_product_holdings': 'valid_from_date',
    'silver_customer_value': 'metric_timestamp',
    'silver_customer_interactions': 'interaction_timestamp',
    'silver_customer_complaints': 'complaint_timestamp',
    'silver_customer_preferences': 'preference_timestamp',
    'silver_customer_lifecycle_events': 'event_timestamp',
    'silver_customer_segment_assignments': 'assignment_timestamp',
    'silver_customer_relationships': 'relationship_timestamp',
} %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['source_customer_key'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'silver_web_pageviews': 'source_customer_key',
                'silver_conversions': 'source_customer_key',
                'silver_user_interactions': 'source_customer_key',
                'silver_searches': 'source_customer_key',
                'silver_form_interactions': 'source_customer_key',
                'silver_app_events': 'source_customer_key',
                'silver_feature_usage': 'source_customer_key',
                'silver_ab_test_exposures': 'source_customer_key',
                'silver_customer_events': 'source_customer_key',
                'silver_touchpoints': 'source_customer_key',
                'silver_next_best_actions': 'source_customer_key',
                'silver_real_time_decisions': 'source_customer_key',
                'silver_journey_assertions': 'source_customer_key',
                'silver_journey_measurements': 'source_customer_key',
                'silver_product_holdings': 'source_customer_key',
                'silver_customer_value': 'source_customer_key',
                'silver_customer_interactions': 'source_customer_key',
                'silver_customer_complaints': 'source_customer_key',
                'silver_customer_preferences': 'source_customer_key',
                'silver_customer_lifecycle_events': 'source_customer_key',
                'silver_customer_segment_assignments': 'source_customer_key',
                'silver_customer_relationships': 'source_customer_key',
            },
        },
        'units': ['source_customer_key'],
    },
) }}

with

{% if is_incremental() %}
    touched_customers as ({{ touched('source_customer_key') }}),
{% endif %}

behaviour as (

    {% for event, timestamp in events.items() %}
        select
            source_customer_key,
            min(source_system) as source_system,
            min(customer_id) as source_customer_id,
            min({{ timestamp }}) as first_seen_timestamp
        from {{ ref(event) }}
        where
            source_customer_key is not null
            {% if is_incremental() %}
                and source_customer_key in (
                    select touched_customers.source_customer_key from touched_customers
                )
            {% endif %}
        group by source_customer_key
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        source_customer_key,
        min(source_system) as source_system,
        min(source_customer_id) as source_customer_id,
        min(first_seen_timestamp) as first_seen_timestamp,
        {{ batch_number() }} as derived_in_batch
    from behaviour
    group by source_customer_key

)

select * from final
