with

rejected as (

    {% for domain, table, key, timestamp in bronze_tables() %}
        select
            '{{ table }}' as table_name,
            {{ key }} as row_key,
            rejection_reason,
            ingestion_timestamp,
            row_json
        from {{ ref('stg_' ~ domain ~ '__' ~ table) }}
        where rejection_reason is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select * from rejected

)

select * from final
