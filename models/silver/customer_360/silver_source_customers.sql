{# behaviour that may name a customer: its time, and what it calls the key #}
{% set events = {
    'silver_web_pageviews': ['pageview_timestamp', 'customer_key'],
    'silver_conversions': ['conversion_timestamp', 'customer_key'],
    'silver_user_interactions': ['interaction_timestamp', 'customer_key'],
    'silver_searches': ['search_timestamp', 'customer_key'],
    'silver_form_interactions': ['interaction_timestamp', 'customer_key'],
    'silver_app_events': ['event_timestamp', 'login_customer_key'],
    'silver_feature_usage': ['usage_timestamp', 'customer_key'],
    'silver_ab_test_exposures': ['exposure_timestamp', 'customer_key'],
} %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['customer_key'],
    meta={
        'touched_by': {
            'customer_key': {
                'int_customer_records__delivered': 'source_customer_key',
                'silver_web_pageviews': 'customer_key',
                'silver_conversions': 'customer_key',
                'silver_user_interactions': 'customer_key',
                'silver_searches': 'customer_key',
                'silver_form_interactions': 'customer_key',
                'silver_app_events': 'login_customer_key',
                'silver_feature_usage': 'customer_key',
                'silver_ab_test_exposures': 'customer_key',
            },
        },
    },
) }}

with

{% if is_incremental() %}
    touched_customers as ({{ touched('customer_key') }}),
{% endif %}

-- a source system sends a customer again when something changed: the last version counts
latest_records as (

    select
        source_customer_key as customer_key,
        source_system,
        source_customer_id,
        customer_type,
        customer_status,
        country,
        customer_since_date,
        record_timestamp,
        false as is_inferred
    from {{ ref('int_customer_records__delivered') }}
    where
        source_customer_id is not null
        {% if is_incremental() %}
            and source_customer_key in (
                select touched_customers.customer_key from touched_customers
            )
        {% endif %}
    qualify row_number() over (
        partition by source_customer_key
        order by record_timestamp desc, ingestion_timestamp desc, record_id asc
    ) = 1

),

-- customers who behave but whose record never came: a fact must not lose them
behaviour as (

    {% for event, (timestamp, key) in events.items() %}
        select
            {{ key }} as customer_key,
            min(source_system) as source_system,
            min(customer_id) as customer_id,
            min({{ timestamp }}) as first_timestamp
        from {{ ref(event) }}
        where
            customer_id is not null
            {% if is_incremental() %}
                and {{ key }} in (select touched_customers.customer_key from touched_customers)
            {% endif %}
        group by {{ key }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

inferred_records as (

    select
        customer_key,
        min(source_system) as source_system,
        min(customer_id) as source_customer_id,
        cast(null as string) as customer_type,
        cast(null as string) as customer_status,
        cast(null as string) as country,
        cast(null as date) as customer_since_date,
        min(first_timestamp) as record_timestamp,
        true as is_inferred
    from behaviour
    group by customer_key

),

final as (

    select * from latest_records
    union all
    select inferred_records.*
    from inferred_records
    left join latest_records on inferred_records.customer_key = latest_records.customer_key
    where latest_records.customer_key is null

)

select * from final
