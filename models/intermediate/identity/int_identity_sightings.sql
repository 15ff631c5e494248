with

final as (

    {% for table in ['int_identity_pageviews__delivered', 'int_identity_app_events__delivered'] %}
        {% for column in ['device_identifier_key', 'login_identifier_key'] %}
            select
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
