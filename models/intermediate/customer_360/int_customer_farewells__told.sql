with

identities as (select * from {{ ref('silver_customer_identities') }}),

steps as (

    select
        coalesce(identities.customer_key, told.source_customer_key) as customer_key,
        told.event_timestamp,
        told.lifecycle_event_key,
        told.to_stage_code = 'churned' as is_farewell
    from {{ ref('silver_customer_lifecycle_events') }} as told
    left join identities on told.source_customer_key = identities.source_customer_key
    where told.source_customer_key is not null and told.to_stage_code is not null

),

changes as (

    select
        *,
        lag(is_farewell) over (
            partition by customer_key order by event_timestamp, lifecycle_event_key
        ) as was_farewell
    from steps

),

-- only where leaving and being here change places
turns as (

    select
        customer_key,
        is_farewell,
        cast(event_timestamp as date) as farewell_date,
        lead(cast(event_timestamp as date)) over (
            partition by customer_key order by event_timestamp, lifecycle_event_key
        ) as return_date
    from changes
    where is_farewell is distinct from was_farewell

),

final as (

    select
        customer_key,
        farewell_date,
        return_date
    from turns
    where is_farewell and coalesce(return_date > farewell_date, true)

)

select * from final
