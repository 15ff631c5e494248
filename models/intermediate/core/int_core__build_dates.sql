with

event_ranges as (
    {% for domain, table, key, event_timestamp in bronze_tables() %}
        select
            min({{ event_timestamp }}) as first_event,
            max({{ event_timestamp }}) as last_event
        from {{ ref('stg_' ~ domain ~ '__' ~ table) }}
        where rejection_reason is null
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (

    select
        cast(
            coalesce(min(first_event), timestamp '{{ var("earliest_event_date") }} 00:00:00')
            as date
        ) as first_event_date,
        cast(
            coalesce(max(last_event), timestamp '{{ var("earliest_event_date") }} 00:00:00')
            as date
        ) as last_event_date,
        coalesce(
            {% if var('as_of') %}date '{{ var("as_of") }}',{% endif %}
            cast(max(last_event) as date),
            date '{{ var("earliest_event_date") }}'
        ) as as_of
    from event_ranges

)

select * from final
