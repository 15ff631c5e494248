with

told as (

    select
        members.customer_key,
        events.event_timestamp as entered_at,
        events.to_stage_code as stage_code,
        events.from_stage_code as told_from_stage,
        'told' as evidence,
        coalesce(events.trigger_reason, events.event_type, events.trigger_type) as trigger_code,
        events.lifecycle_event_key,
        events.event_value,
        events.ingestion_timestamp
    from {{ ref('silver_customer_lifecycle_events') }} as events
    inner join {{ ref('int_lifecycle__members') }} as members
        on events.source_customer_key = members.source_customer_key
    cross join {{ ref('int_core__build_dates') }} as build_dates
    where
        events.to_stage_code is not null
        and cast(events.event_timestamp as date) <= build_dates.as_of

),

-- when the next telling is another one's moment, since a moment may be told twice
followed as (

    select
        customer_key,
        entered_at,
        bool_or(stage_code = 'reactivated') as is_return,
        lead(entered_at) over (partition by customer_key order by entered_at) as next_told_at
    from told
    group by customer_key, entered_at

),

-- whoever is back is active once they have stayed so long
settled as (

    select
        customer_key,
        next_told_at,
        {{ dbt.dateadd('day', var("lifecycle_reactivated_days"), 'entered_at') }} as entered_at
    from followed
    where is_return

),

final as (

    select * from told
    union all
    select
        settled.customer_key,
        settled.entered_at,
        'active' as stage_code,
        'reactivated' as told_from_stage,
        'behaviour' as evidence,
        'time' as trigger_code,
        null as lifecycle_event_key,
        null as event_value,
        null as ingestion_timestamp
    from settled
    cross join {{ ref('int_core__build_dates') }} as build_dates
    where
        cast(settled.entered_at as date) <= build_dates.as_of
        and (settled.next_told_at is null or settled.next_told_at > settled.entered_at)

)

select * from final
