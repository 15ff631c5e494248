with

holdings as (

    select distinct
        holding_key,
        customer_key,
        opened_date,
        closed_date
    from {{ ref('silver_product_holdings') }}

),

activity as (select * from {{ ref('int_customer_activity__days') }}),

-- who only looks is a prospect: a customer has a product, a transaction, or a source that says so
signs as (

    select
        customer_key,
        opened_date as sign_date
    from holdings
    union all
    select
        customer_key,
        activity_date as sign_date
    from activity
    where transaction_count > 0 or told_steps > 0

),

customers as (

    select
        customer_key,
        min(sign_date) as first_sign_date
    from signs
    group by customer_key

),

-- nobody is silent before behaviour was recorded
recorded as (

    select coalesce(min(activity_date), date '9999-01-01') as first_recorded_date
    from activity
    where sessions > 0 or transaction_count > 0

),

-- a product lasts until it is closed, a sign of life for the window
reasons as (

    select
        customer_key,
        opened_date as from_date,
        coalesce(closed_date, date '9999-12-31') as to_date,
        'product closed' as end_reason
    from holdings
    where coalesce(closed_date > opened_date, true)
    union all
    select
        activity.customer_key,
        activity.activity_date as from_date,
        cast({{ dbt.dateadd(
            'day',
            var('churn_window_days'),
            'greatest(activity.activity_date, recorded.first_recorded_date)',
        ) }} as date) as to_date,
        'silence' as end_reason
    from activity
    cross join recorded
    inner join customers
        on
            activity.customer_key = customers.customer_key
            and activity.activity_date >= customers.first_sign_date

),

farewells as (select * from {{ ref('int_customer_farewells__told') }}),

-- who is told to be back goes on with what they had
resumed as (

    select
        reasons.customer_key,
        farewells.return_date as from_date,
        reasons.to_date,
        reasons.end_reason
    from reasons
    inner join farewells
        on
            reasons.customer_key = farewells.customer_key
            and reasons.from_date < farewells.return_date
            and reasons.to_date > farewells.return_date
    union all
    select
        customer_key,
        from_date,
        to_date,
        end_reason
    from reasons

),

-- a told farewell ends what had begun by then; what begins later stands
cut as (

    select
        resumed.customer_key,
        resumed.from_date,
        least(resumed.to_date, min(farewells.farewell_date)) as to_date,
        case
            when min(farewells.farewell_date) is not null then 'told' else resumed.end_reason
        end as end_reason
    from resumed
    left join farewells
        on
            resumed.customer_key = farewells.customer_key
            and resumed.from_date <= farewells.farewell_date
            and resumed.to_date > farewells.farewell_date
    group by resumed.customer_key, resumed.from_date, resumed.to_date, resumed.end_reason
    having coalesce(min(farewells.farewell_date) > resumed.from_date, true)

),

-- what began on one day for several reasons, it ends once
final as (select distinct * from cut)

select * from final
