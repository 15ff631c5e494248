with

customers as (select * from {{ ref('int_segments__customers') }}),

assigned as (

    select
        customers.customer_key,
        customers.as_of_date,
        history.segment_type as segment_scheme,
        history.segment_id,
        history.assignment_date,
        history.assignment_score as segment_score
    from customers
    inner join {{ ref('silver_customer_segments_history') }} as history
        on
            customers.customer_key = history.customer_key
            and customers.as_of_date >= history.assignment_date
            and (customers.as_of_date < history.exit_date or history.exit_date is null)
    -- several on one day: the last
    qualify row_number() over (
        partition by customers.customer_key, customers.as_of_date, history.segment_type
        order by history.effective_from desc
    ) = 1

),

members as (

    select
        customer_key,
        as_of_date,
        segment_scheme,
        segment_id,
        assignment_date,
        segment_score
    from assigned
    union all
    select
        customer_key,
        as_of_date,
        segment_scheme,
        segment_code as segment_id,
        null as assignment_date,
        cast(rfm_score as decimal(5, 2)) as segment_score
    from {{ ref('int_segments__own') }}

),

-- the version that was there in the evening
defined as (

    select
        members.*,
        definitions.segment_key,
        definitions.segment_code,
        definitions.segment_name,
        definitions.segment_tier,
        definitions.is_high_value,
        definitions.is_growth
    from members
    inner join {{ ref('silver_customer_segment_definitions') }} as definitions
        on
            members.segment_scheme = definitions.segment_scheme
            and members.segment_id = definitions.segment_id
            and members.as_of_date >= cast(definitions.effective_from as date)
            and (
                members.as_of_date < cast(definitions.effective_to as date)
                or definitions.effective_to is null
            )

),

final as (

    select
        {{ surrogate_key([
            'customers.first_source_customer_key', 'defined.as_of_date', 'defined.segment_scheme'
        ]) }} as segment_snapshot_key,
        defined.customer_key,
        defined.as_of_date,
        customers.previous_date,
        customers.is_current,
        customers.is_month_end,
        defined.segment_scheme,
        defined.segment_scheme = '{{ var("segment_main_scheme") }}' as is_main_scheme,
        defined.segment_key,
        defined.segment_id,
        defined.segment_code,
        defined.segment_name,
        defined.segment_tier,
        defined.is_high_value,
        defined.is_growth,
        defined.segment_score,
        defined.assignment_date,
        customers.lifecycle_stage,
        customers.recency_days,
        cast(customers.transaction_count as integer) as transaction_count,
        cast(customers.amount as decimal(18, 2)) as transaction_amount,
        cast(customers.active_day_count as integer) as active_day_count,
        cast(customers.revenue as decimal(18, 2)) as revenue,
        cast(customers.profit as decimal(18, 2)) as profit,
        customers.customer_lifetime_value
    from defined
    inner join customers
        on
            defined.customer_key = customers.customer_key
            and defined.as_of_date = customers.as_of_date

)

select * from final
