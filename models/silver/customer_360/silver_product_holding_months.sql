with

reports as (select * from {{ ref('int_month_ends') }}),

intervals as (select * from {{ ref('silver_product_holdings') }}),

final as (

    select
        {{ surrogate_key(['intervals.holding_key', 'reports.report_date']) }} as holding_month_key,
        reports.report_date,
        intervals.holding_key,
        intervals.customer_key,
        intervals.product_key,
        intervals.product_type,
        intervals.product_category,
        intervals.balance_kind,
        intervals.opened_date,

        -- as of the day
        intervals.is_open,
        intervals.is_open and intervals.is_primary as is_primary,
        intervals.is_open and intervals.is_reported as is_known,
        coalesce(intervals.is_active, false) as is_active,
        coalesce(intervals.is_open and intervals.is_dormant, false) as is_dormant,
        case when intervals.is_open then intervals.is_used end as is_used,
        case when intervals.is_open then intervals.balance end as balance,
        case when intervals.is_open then intervals.credit_limit end as credit_limit,
        {{ dbt.datediff('intervals.opened_date', 'reports.report_date', 'day') }} as held_days,

        -- since the report before
        intervals.opened_date > reports.previous_report_date as is_opened,
        not intervals.is_open as is_closed,
        intervals.opened_date <= reports.previous_report_date as is_from_before,

        -- a product opened lately has become one that is used
        intervals.opened_date > {{ dbt.dateadd(
            'day', '-' ~ var('product_activation_days'), 'reports.report_date'
        ) }} as is_new,
        coalesce(intervals.last_transaction_date > intervals.opened_date, false)
        or coalesce(intervals.transaction_count_30d > 0, false) as is_activated

    from intervals
    inner join reports
        on
            intervals.valid_from_date <= reports.report_date
            and (intervals.valid_to_date > reports.report_date or intervals.is_current)
    where
        intervals.is_open
        or intervals.closed_date > reports.previous_report_date

)

select * from final
