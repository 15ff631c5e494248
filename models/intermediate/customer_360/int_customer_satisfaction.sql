{{ config(materialized='table') }}

with

build_dates as (

    select
        as_of,
        cast({{ dbt.dateadd('month', -12, 'as_of') }} as date) as year_before
    from {{ ref('int_core__build_dates') }}

),

identities as (select * from {{ ref('silver_customer_identities') }}),

said as (

    select
        source_customer_key,
        interaction_key as said_key,
        interaction_timestamp as said_timestamp,
        interaction_date as said_date,
        nps_score,
        satisfaction_score,
        0 as complaint_count,
        0 as open_complaint_count
    from {{ ref('silver_customer_interactions') }}
    where nps_score is not null or satisfaction_score is not null
    union all
    select
        source_customer_key,
        complaint_key as said_key,
        complaint_timestamp as said_timestamp,
        complaint_date as said_date,
        null as nps_score,
        satisfaction_rating as satisfaction_score,
        1 as complaint_count,
        case when is_open then 1 else 0 end as open_complaint_count
    from {{ ref('silver_customer_complaints') }}

),

-- the last answer counts, whichever record of the person gave it
placed as (

    select
        said.*,
        coalesce(identities.customer_key, said.source_customer_key) as customer_key,
        said.said_date > build_dates.year_before as is_of_year,
        row_number() over (
            partition by
                coalesce(identities.customer_key, said.source_customer_key),
                said.nps_score is not null
            order by said.said_timestamp desc, said.said_key asc
        ) as recency
    from said
    cross join build_dates
    left join identities on said.source_customer_key = identities.source_customer_key
    where said.source_customer_key is not null and said.said_date <= build_dates.as_of

),

final as (

    select
        customer_key,
        max(case when recency = 1 then nps_score end) as nps_score,
        cast(
            cast(sum(case when is_of_year then satisfaction_score end) as double)
            / nullif(count(case when is_of_year then satisfaction_score end), 0) as decimal(5, 2)
        ) as csat_score,
        count(case when is_of_year then satisfaction_score end) as csat_response_count,
        sum(case when is_of_year then complaint_count else 0 end) as complaint_count_12m,
        sum(open_complaint_count) as open_complaint_count
    from placed
    group by customer_key

)

select * from final
