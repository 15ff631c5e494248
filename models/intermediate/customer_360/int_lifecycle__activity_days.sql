{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['source_customer_key', 'activity_date'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'silver_customer_events': 'source_customer_key',
                'silver_conversions': 'source_customer_key',
            },
        },
    },
) }}

with

{% if is_incremental() %}
    touched_customers as ({{ touched('source_customer_key') }}),
{% endif %}

-- what a person did, or had booked; what was only sent to them is no activity
events as (

    select
        source_customer_key,
        event_date as activity_date,
        is_transaction,
        engagement_kind = 'active' as is_interaction,
        channel_code in ('web', 'app') and engagement_kind <> 'background' as is_online,
        event_class = 'service' as is_personal,
        -- what leaves an account was moved as well
        case when is_transaction then abs(coalesce(event_value, 0)) else 0 end as amount,
        0 as revenue
    from {{ ref('silver_customer_events') }}
    where
        source_customer_key is not null
        and (engagement_kind <> 'background' or is_transaction)
        and not (is_bot or is_test)
        {% if is_incremental() %}
            and source_customer_key in (
                select touched_customers.source_customer_key from touched_customers
            )
        {% endif %}

),

conversions as (

    select
        source_customer_key,
        cast(conversion_timestamp as date) as activity_date,
        false as is_transaction,
        false as is_interaction,
        false as is_online,
        false as is_personal,
        0 as amount,
        coalesce(conversion_value, 0) as revenue
    from {{ ref('silver_conversions') }}
    where
        source_customer_key is not null
        {% if is_incremental() %}
            and source_customer_key in (
                select touched_customers.source_customer_key from touched_customers
            )
        {% endif %}

),

activity as (

    select * from events
    union all
    select * from conversions

),

final as (

    select
        source_customer_key,
        activity_date,
        cast(sum(case when is_transaction then 1 else 0 end) as integer) as transaction_count,
        cast(sum(case when is_interaction then 1 else 0 end) as integer) as interaction_count,
        cast(sum(case when is_online then 1 else 0 end) as integer) as online_count,
        cast(sum(case when is_personal then 1 else 0 end) as integer) as personal_count,
        cast(sum(amount) as decimal(18, 2)) as amount,
        cast(sum(revenue) as decimal(18, 2)) as revenue
    from activity
    group by source_customer_key, activity_date

)

select * from final
