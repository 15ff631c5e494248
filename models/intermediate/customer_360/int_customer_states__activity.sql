{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['source_customer_key', 'activity_date'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'silver_customer_events': 'source_customer_key',
                'silver_customer_interactions': 'source_customer_key',
                'silver_customer_complaints': 'source_customer_key',
                'silver_customer_identities': 'source_customer_key',
            },
        },
        'units': ['customer_key'],
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
        count(*) as own_event_count,
        count(case when event_type = 'login' then 1 end) as login_count,
        count(case when is_transaction then 1 end) as transaction_count,
        0 as interaction_count,
        0 as complaint_count,
        0 as rating_count,
        0 as rating_sum
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
    group by source_customer_key, event_date

),

interactions as (

    select
        source_customer_key,
        interaction_date as activity_date,
        count(case when is_inbound then 1 end) as own_event_count,
        0 as login_count,
        0 as transaction_count,
        count(*) as interaction_count,
        0 as complaint_count,
        count(satisfaction_score) as rating_count,
        coalesce(sum(satisfaction_score), 0) as rating_sum
    from {{ ref('silver_customer_interactions') }}
    where
        source_customer_key is not null
        {% if is_incremental() %}
            and source_customer_key in (
                select touched_customers.source_customer_key from touched_customers
            )
        {% endif %}
    group by source_customer_key, interaction_date

),

complaints as (

    select
        source_customer_key,
        complaint_date as activity_date,
        count(*) as own_event_count,
        0 as login_count,
        0 as transaction_count,
        0 as interaction_count,
        count(*) as complaint_count,
        0 as rating_count,
        0 as rating_sum
    from {{ ref('silver_customer_complaints') }}
    where
        source_customer_key is not null
        {% if is_incremental() %}
            and source_customer_key in (
                select touched_customers.source_customer_key from touched_customers
            )
        {% endif %}
    group by source_customer_key, complaint_date

),

days as (

    select * from events
    union all
    select * from interactions
    union all
    select * from complaints

),

final as (

    select
        days.source_customer_key,
        coalesce(identities.customer_key, days.source_customer_key) as customer_key,
        days.activity_date,
        {% for column in [
            'own_event_count', 'login_count', 'transaction_count', 'interaction_count', 'complaint_count',
            'rating_count',
        ] %}
            cast(sum(days.{{ column }}) as integer) as {{ column }},
        {% endfor %}
        cast(sum(days.rating_sum) as decimal(18, 2)) as rating_sum,
        {{ batch_number() }} as derived_in_batch
    from days
    left join {{ ref('silver_customer_identities') }} as identities
        on days.source_customer_key = identities.source_customer_key
    group by days.source_customer_key, identities.customer_key, days.activity_date

)

select * from final
