{% set events = {
    'silver_web_pageviews': 'pageview_timestamp',
    'silver_conversions': 'conversion_timestamp',
    'silver_user_interactions': 'interaction_timestamp',
    'silver_searches': 'search_timestamp',
    'silver_form_interactions': 'interaction_timestamp',
    'silver_app_events': 'event_timestamp',
    'silver_feature_usage': 'usage_timestamp',
    'silver_ab_test_exposures': 'exposure_timestamp',
} %}

with

records as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_master'),
        'record_id',
        ['record_timestamp', 'source_system', 'source_customer_id'],
    ) }}

),

-- a source system sends a customer again when something changed: the last version counts
latest_records as (

    select
        source_system,
        source_customer_id,
        customer_type,
        customer_status,
        country,
        customer_since_date,
        record_timestamp,
        false as is_inferred
    from records
    where source_customer_id is not null
    qualify row_number() over (
        partition by source_system, source_customer_id
        order by record_timestamp desc, ingestion_timestamp desc, record_id asc
    ) = 1

),

-- customers who behave but whose record never came: a fact must not lose them
behaviour as (

    {% for event, timestamp in events.items() %}
        select
            source_system,
            customer_id,
            min({{ timestamp }}) as first_timestamp
        from {{ ref(event) }}
        where customer_id is not null
        group by source_system, customer_id
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

inferred_records as (

    select
        source_system,
        customer_id as source_customer_id,
        null as customer_type,
        null as customer_status,
        null as country,
        cast(null as date) as customer_since_date,
        min(first_timestamp) as record_timestamp,
        true as is_inferred
    from behaviour
    group by source_system, customer_id

),

final as (

    select
        {{ surrogate_key(['source_system', 'source_customer_id']) }} as customer_key,
        *
    from (
        select * from latest_records
        union all
        select * from inferred_records
    ) as all_records
    qualify row_number() over (
        partition by source_system, source_customer_id
        order by case when is_inferred then 1 else 0 end
    ) = 1

)

select * from final
