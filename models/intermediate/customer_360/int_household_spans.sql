{{ config(materialized='table') }}

with

members as (select * from {{ ref('silver_household_members') }}),

identities as (select * from {{ ref('silver_customer_identities') }}),

holdings as (

    select * from {{ ref('silver_product_holdings') }}
    where is_open

),

measured as (select * from {{ ref('silver_customer_value') }}),

-- the last told holds, though a later measurement tells none
valued as (

    select
        *,
        lead(metric_date) over (partition by customer_key order by metric_date)
            as next_metric_date
    from measured
    where customer_lifetime_value is not null

),

answers as (

    select
        coalesce(identities.customer_key, interactions.source_customer_key) as customer_key,
        cast(interactions.interaction_timestamp as date) as answer_date,
        interactions.satisfaction_score
    from {{ ref('silver_customer_interactions') }} as interactions
    left join identities
        on interactions.source_customer_key = identities.source_customer_key
    where interactions.satisfaction_score is not null

),

-- what a customer has or is, earned this year or answered in 365 days goes where the customer goes:
-- so households together have what customers have
customer_spans as (

    {% for measure, condition, amount in [
        ('products', 'true', '1'),
        ('balance', "balance_kind in ('deposit', 'investment')", 'balance'),
        ('deposits', "balance_kind = 'deposit'", 'balance'),
        ('loans', "balance_kind = 'loan'", 'balance'),
    ] %}
        select
            customer_key,
            valid_from_date,
            valid_to_date,
            '{{ measure }}' as measure,
            {{ amount }} as amount
        from holdings
        where {{ condition }}
        union all
    {% endfor %}
    select
        customer_key,
        metric_date as valid_from_date,
        next_metric_date as valid_to_date,
        'lifetime_value' as measure,
        customer_lifetime_value as amount
    from valued
    union all
    select
        customer_key,
        stage_start_date as valid_from_date,
        stage_end_date as valid_to_date,
        'churned' as measure,
        1 as amount
    from {{ ref('silver_customer_lifecycle_history') }}
    where lifecycle_stage = 'churned'
    union all
    select
        customer_key,
        metric_date as valid_from_date,
        cast({{ dbt.dateadd('year', 1, "date_trunc('year', metric_date)") }} as date)
            as valid_to_date,
        'revenue_ytd' as measure,
        total_revenue as amount
    from measured
    {% for measure, amount in [('answers', '1'), ('satisfaction', 'satisfaction_score')] %}
        union all
        select
            customer_key,
            answer_date as valid_from_date,
            cast({{ dbt.dateadd('day', 365, 'answer_date') }} as date) as valid_to_date,
            '{{ measure }}' as measure,
            {{ amount }} as amount
        from answers
    {% endfor %}

),

household_spans as (

    select
        household_key,
        valid_from_date,
        valid_to_date,
        concat('role ', household_role) as measure,
        cast(1 as decimal(18, 2)) as amount
    from members
    union all
    select
        members.household_key,
        greatest(members.valid_from_date, spans.valid_from_date) as valid_from_date,
        least(members.valid_to_date, spans.valid_to_date) as valid_to_date,
        spans.measure,
        cast(spans.amount as decimal(18, 2)) as amount
    from customer_spans as spans
    inner join members
        on
            spans.customer_key = members.customer_key
            and coalesce(spans.valid_from_date < members.valid_to_date, true)
            and coalesce(spans.valid_to_date > members.valid_from_date, true)

),

final as (

    select
        household_key,
        measure,
        valid_from_date,
        valid_to_date,
        cast(sum(amount) as decimal(18, 2)) as amount
    from household_spans
    group by household_key, measure, valid_from_date, valid_to_date

)

select * from final
