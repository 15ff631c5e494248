with

build_dates as (select * from {{ ref('int_core__build_dates') }}),

parts as (select * from {{ ref('int_customer_tenures__parts') }}),

-- a part that begins after everything before it has ended begins a tenure
bounded as (

    select
        *,
        max(to_date) over (
            partition by customer_key
            order by from_date, to_date, end_reason
            rows between unbounded preceding and 1 preceding
        ) as known_to_date
    from parts

),

numbered as (

    select
        *,
        sum(case when from_date <= known_to_date then 0 else 1 end) over (
            partition by customer_key order by from_date, to_date, end_reason
        ) as tenure_number
    from bounded

),

-- of what ends on one day, what is told says more than a closing, and a closing more than silence
tenures as (

    select
        customer_key,
        tenure_number,
        min(from_date) as from_date,
        max(to_date) as to_date,
        max_by(
            end_reason,
            concat(
                cast(to_date as string),
                case end_reason when 'told' then '3' when 'product closed' then '2' else '1' end
            )
        ) as end_reason
    from numbered
    group by customer_key, tenure_number

),

final as (

    select
        {{ surrogate_key(['tenures.customer_key', 'tenures.from_date']) }} as tenure_key,
        tenures.customer_key,
        cast(tenures.tenure_number as integer) as tenure_number,
        tenures.from_date as tenure_from_date,
        case when tenures.to_date <= build_dates.as_of then tenures.to_date end as tenure_to_date,
        tenures.to_date > build_dates.as_of as is_current,
        case when tenures.to_date <= build_dates.as_of then tenures.end_reason end as churn_reason,
        min(tenures.from_date) over (partition by tenures.customer_key) as customer_since_date
    from tenures
    cross join build_dates
    where tenures.from_date <= build_dates.as_of

)

select * from final
