with

accepted as (

    select * from {{ ref('int_core__deliveries') }}
    where rejection_reason = ''

),

final as (

    select
        cast(
            coalesce(
                min(first_event_timestamp), timestamp '{{ var("earliest_event_date") }} 00:00:00'
            ) as date
        ) as first_event_date,
        cast(
            coalesce(
                max(last_event_timestamp), timestamp '{{ var("earliest_event_date") }} 00:00:00'
            ) as date
        ) as last_event_date,
        coalesce(
            {% if var('as_of') %}date '{{ var("as_of") }}',{% endif %}
            cast(max(last_event_timestamp) as date),
            date '{{ var("earliest_event_date") }}'
        ) as as_of
    from accepted

)

select * from final
