with

members as (select * from {{ ref('int_lifecycle__members') }}),

-- a record says since when; a prospect's says only that we know of the person
recorded as (

    select
        members.customer_key,
        min(cast(records.record_timestamp as date)) as first_seen_date,
        min(
            case
                when coalesce(records.customer_status, '') not in ('prospect', 'lead', 'test')
                    then records.customer_since_date
            end
        ) as became_customer_date
    from {{ ref('silver_customer_records') }} as records
    inner join members on records.source_customer_key = members.source_customer_key
    group by members.customer_key

),

seen as (

    select
        members.customer_key,
        min(cast(seen.first_seen_timestamp as date)) as first_seen_date
    from {{ ref('silver_seen_customers') }} as seen
    inner join members on seen.source_customer_key = members.source_customer_key
    group by members.customer_key

),

-- who has money booked is a customer
booked as (

    select
        members.customer_key,
        min(active_days.activity_date) as became_customer_date
    from {{ ref('int_lifecycle__activity_days') }} as active_days
    inner join members on active_days.source_customer_key = members.source_customer_key
    where active_days.transaction_count > 0
    group by members.customer_key

),

opened as (

    select
        customer_key,
        min(moment_date) as became_customer_date
    from {{ ref('int_lifecycle__products') }}
    group by customer_key

),

signs as (

    select
        customer_key,
        first_seen_date,
        became_customer_date
    from recorded
    union all
    select
        customer_key,
        first_seen_date,
        null as became_customer_date
    from seen
    union all
    select
        customer_key,
        null as first_seen_date,
        became_customer_date
    from booked
    union all
    select
        customer_key,
        null as first_seen_date,
        became_customer_date
    from opened

),

final as (

    select
        customer_key,
        least(min(first_seen_date), min(became_customer_date)) as first_seen_date,
        min(became_customer_date) as became_customer_date
    from signs
    group by customer_key
    having least(min(first_seen_date), min(became_customer_date)) is not null

)

select * from final
