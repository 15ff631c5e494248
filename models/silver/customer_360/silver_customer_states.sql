{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['customer_state_key'],
    meta={
        'touched_by': {
            'customer_key': {
                'int_customer_states__activity': 'customer_key',
                'int_customer_states__standings': 'customer_key',
            },
        },
        'units': ['customer_state_key', 'customer_key'],
    },
) }}
{% set counts = ['transaction', 'interaction', 'complaint'] %}
{% set held = {
    'total_products': 'integer', 'active_products': 'integer', 'total_deposits': 'decimal(18, 2)',
    'total_investments': 'decimal(18, 2)', 'total_loans': 'decimal(18, 2)',
} %}
{% set told_of_day = ['was_in_base', 'base_change', 'revenue', 'profit'] %}
{% set standing = [
    'lifecycle_stage', 'is_in_base', 'segment_key', 'segment_tier', 'household_key', 'birth_date',
    'customer_lifetime_value', 'profitability_score', 'digital_adoption_score', 'churn_risk_score',
    'churn_risk_band',
] %}

with

{% if is_incremental() %}
    touched_customers as ({{ touched('customer_key') }}),
{% endif %}

activity as (

    select
        customer_key,
        activity_date as point_date,
        {% for column in counts + ['own_event', 'login', 'rating'] %}
            sum({{ column }}_count) as {{ column }}_count,
        {% endfor %}
        sum(rating_sum) as rating_sum
    from {{ ref('int_customer_states__activity') }}
    {% if is_incremental() %}
        where customer_key in (select touched_customers.customer_key from touched_customers)
    {% endif %}
    group by customer_key, activity_date

),

standings as (

    select * from {{ ref('int_customer_states__standings') }}
    {% if is_incremental() %}
        where customer_key in (select touched_customers.customer_key from touched_customers)
    {% endif %}

),

points as (

    select
        coalesce(standings.customer_key, activity.customer_key) as customer_key,
        coalesce(standings.point_date, activity.point_date) as point_date,
        {% for column in standing + held.keys() | list + told_of_day %}
            standings.{{ column }},
        {% endfor %}
        {% for column in counts %}
            coalesce(activity.{{ column }}_count, 0) as {{ column }}_count,
        {% endfor %}
        case when activity.own_event_count > 0 then activity.point_date end as activity_date,
        case when activity.login_count > 0 then activity.point_date end as login_date,
        case when activity.transaction_count > 0 then activity.point_date end as transaction_date,
        cast(activity.rating_sum / nullif(activity.rating_count, 0) as decimal(5, 2))
            as satisfaction_score
    from standings
    full outer join activity
        on
            standings.customer_key = activity.customer_key
            and standings.point_date = activity.point_date

),

-- what was once said holds until something else is; what is counted adds up
known as (

    select
        customer_key,

        point_date as valid_from_date,
        lead(point_date) over customer as valid_to_date,
        lead(point_date) over customer is null as is_current,
        min(case when lifecycle_stage is not null then point_date end) over so_far
            as first_seen_date,
        min(case when is_in_base then point_date end) over so_far as became_customer_date,

        -- what holds on them
        {% for column in standing + ['satisfaction_score'] %}
            last_value({{ column }} ignore nulls) over so_far as {{ column }},
        {% endfor %}
        base_change,
        coalesce(
            first_value(was_in_base ignore nulls) over so_far_in_month,
            last_value(is_in_base ignore nulls) over so_far
        ) as was_in_base_at_month_start,
        {% for column, type in held.items() %}
            cast(sum(coalesce({{ column }}, 0)) over so_far as {{ type }}) as {{ column }},
        {% endfor %}
        {% for column in ['activity_date', 'login_date', 'transaction_date'] %}
            max({{ column }}) over so_far as last_{{ column }},
        {% endfor %}

        -- up to their first day
        {% for column in counts %}
            cast(sum({{ column }}_count) over so_far_in_month as integer) as {{ column }}s_mtd,
        {% endfor %}
        {% for column in ['revenue', 'profit'] %}
            cast(sum({{ column }}) over so_far_in_month as decimal(18, 2)) as {{ column }}_mtd,
            cast(sum({{ column }}) over so_far_in_year as decimal(18, 2)) as {{ column }}_ytd,
        {% endfor %}
        {{ batch_number() }} as derived_in_batch
    from points
    window
        customer as (partition by customer_key order by point_date),
        so_far as (
            partition by customer_key order by point_date
            rows between unbounded preceding and current row
        ),
        so_far_in_month as (
            partition by customer_key, date_trunc('month', point_date) order by point_date
            rows between unbounded preceding and current row
        ),
        so_far_in_year as (
            partition by customer_key, date_trunc('year', point_date) order by point_date
            rows between unbounded preceding and current row
        )

),

final as (

    select
        {{ surrogate_key(['customer_key', 'valid_from_date']) }} as customer_state_key,
        *
    from known
    -- products may be older than the customer's first sign of life
    where valid_from_date >= first_seen_date

)

select * from final
