with

snapshots as (select * from {{ ref('silver_customer_segment_snapshots') }}),

final as (

    select

        -- keys
        segment_snapshot_key,
        {{ date_key('as_of_date') }} as as_of_date_key,
        customer_key,
        segment_key,
        {{ surrogate_key(['lifecycle_stage']) }} as lifecycle_stage_key,

        -- attributes
        as_of_date,
        segment_scheme,
        is_main_scheme,
        segment_code,
        segment_name,
        is_high_value,
        is_growth,
        is_month_end,
        is_current,
        cast({{ dbt.datediff('assignment_date', 'as_of_date', 'day') }} as integer)
            as days_in_segment,

        -- measures
        segment_score,
        cast(recency_days as integer) as recency_days,
        transaction_count,
        transaction_amount,
        active_day_count,
        revenue,
        profit,
        customer_lifetime_value,
        1 as assignment_count

    from snapshots

)

select * from final
