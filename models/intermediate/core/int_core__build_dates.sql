{% set event_timestamps = {
    'stg_customer_360__customer_master': 'record_timestamp',
    'stg_customer_360__customer_identifiers': 'identifier_timestamp',
    'stg_customer_360__customer_relationships': 'relationship_timestamp',
    'stg_customer_360__customer_preferences': 'preference_timestamp',
    'stg_customer_360__customer_interactions': 'interaction_timestamp',
    'stg_customer_360__customer_lifecycle_events': 'event_timestamp',
    'stg_customer_360__customer_segments': 'assignment_timestamp',
    'stg_customer_360__customer_value_metrics': 'metric_timestamp',
    'stg_customer_360__customer_products': 'relationship_timestamp',
    'stg_customer_360__customer_complaints': 'complaint_timestamp',
    'stg_journey_events__customer_events': 'event_timestamp',
    'stg_journey_events__journey_definitions': 'created_timestamp',
    'stg_journey_events__customer_journeys': 'journey_start_timestamp',
    'stg_journey_events__touchpoints': 'touchpoint_timestamp',
    'stg_journey_events__next_best_actions': 'recommendation_timestamp',
    'stg_journey_events__real_time_decisions': 'decision_timestamp',
    'stg_journey_events__journey_analytics_events': 'event_timestamp',
    'stg_digital_analytics__web_pageviews': 'pageview_timestamp',
    'stg_digital_analytics__mobile_app_events': 'event_timestamp',
    'stg_digital_analytics__user_interactions': 'interaction_timestamp',
    'stg_digital_analytics__conversion_events': 'conversion_timestamp',
    'stg_digital_analytics__ab_test_exposures': 'exposure_timestamp',
    'stg_digital_analytics__ab_test_results': 'result_timestamp',
    'stg_digital_analytics__feature_usage': 'usage_timestamp',
    'stg_digital_analytics__search_queries': 'search_timestamp',
    'stg_digital_analytics__form_interactions': 'interaction_timestamp',
    'stg_digital_analytics__performance_metrics': 'metric_timestamp',
} %}

with

event_ranges as (
    {% for model, event_timestamp in event_timestamps.items() %}
    select
        min({{ event_timestamp }}) as first_event,
        max({{ event_timestamp }}) as last_event
    from {{ ref(model) }}
    where rejection_reason is null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (

    select
        cast(
            coalesce(min(first_event), timestamp '{{ var("earliest_event_date") }}') as date
        ) as first_event_date,
        cast(
            coalesce(max(last_event), timestamp '{{ var("earliest_event_date") }}') as date
        ) as last_event_date,
        coalesce(
            {% if var('as_of') %}date '{{ var("as_of") }}',{% endif %}
            cast(max(last_event) as date),
            date '{{ var("earliest_event_date") }}'
        ) as as_of
    from event_ranges

)

select * from final
