{% set tables = {
    'int_identity_pageviews__delivered': 'pageview_id',
    'int_identity_app_events__delivered': 'event_id',
} %}
with

final as (

    {% for table, id in tables.items() %}
        {% for column in ['device_identifier_key', 'login_identifier_key'] %}
            select
                '{{ id }}' as event_id_type,
                {{ id }} as event_id,
                {{ column }} as identifier_key,
                source_customer_key,
                sighting_timestamp
            from {{ ref(table) }}
            where {{ column }} is not null and source_customer_key is not null
            {% if not loop.last %}union all{% endif %}
        {% endfor %}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
