with

-- of several in a day the last one counts: what is known at the end of a day
days as (

    select
        customer_key,
        stage_start_date as point_date,
        max_by(lifecycle_stage, effective_from) as lifecycle_stage
    from {{ ref('silver_customer_lifecycle_history') }}
    group by customer_key, stage_start_date

),

based as (

    select
        *,
        lifecycle_stage not in ('prospect', 'churned') as is_in_base
    from days

),

compared as (

    select
        *,
        coalesce(lag(is_in_base) over customer, false) as was_in_base,
        coalesce(bool_or(is_in_base) over before, false) as had_been_in_base
    from based
    window
        customer as (partition by customer_key order by point_date),
        before as (
            partition by customer_key order by point_date
            rows between unbounded preceding and 1 preceding
        )

),

final as (

    select
        customer_key,
        point_date,
        lifecycle_stage,
        is_in_base,
        was_in_base,
        case
            when is_in_base and not had_been_in_base then 'joined'
            when is_in_base and not was_in_base then 'returned'
            when was_in_base and not is_in_base then 'left'
        end as base_change
    from compared

)

select * from final
