with

known as (select * from {{ ref('event_types') }}),

-- a type nobody has described yet: what its events say of it
seen as (

    select
        event_type,
        min(event_category) as event_category,
        bool_or(conversion_event_flag) as conversion_event_flag,
        bool_or(is_transaction) as is_transaction
    from {{ ref('silver_customer_events') }}
    where event_type is not null
    group by event_type

),

final as (

    select
        {{ surrogate_key(['coalesce(known.event_type_code, seen.event_type)']) }}
            as event_type_key,
        coalesce(known.event_type_code, seen.event_type) as event_type_code,
        coalesce(known.event_type_name, replace(seen.event_type, '_', ' ')) as event_type_name,
        coalesce(known.event_category, seen.event_category, '(unknown)') as event_category,
        coalesce(known.event_subcategory, '(unknown)') as event_subcategory,
        coalesce(known.conversion_event_flag, seen.conversion_event_flag)
            as conversion_event_flag,
        coalesce(known.is_transaction, seen.is_transaction) as is_transaction,
        coalesce(known.engagement_weight, cast(1 as decimal(5, 2))) as engagement_weight,
        coalesce(known.engagement_kind, 'active') as engagement_kind,
        seen.event_type is not null as is_seen,
        known.event_type_code is not null as is_described
    from known
    full outer join seen on known.event_type_code = seen.event_type
    union all
    select
        -1 as event_type_key,
        null as event_type_code,
        '(unknown)' as event_type_name,
        '(unknown)' as event_category,
        '(unknown)' as event_subcategory,
        false as conversion_event_flag,
        false as is_transaction,
        cast(1 as decimal(5, 2)) as engagement_weight,
        'active' as engagement_kind,
        false as is_seen,
        false as is_described

)

select * from final
