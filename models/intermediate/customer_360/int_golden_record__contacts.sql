with

identities as (

    select
        source_customer_key,
        customer_key
    from {{ ref('silver_customer_identities') }}

),

build_dates as (select * from {{ ref('int_core__build_dates') }}),

interactions as (

    select
        coalesce(identities.customer_key, told.source_customer_key) as customer_key,
        told.interaction_key,
        told.interaction_timestamp,
        told.interaction_date,
        told.channel_code,
        told.nps_score,
        told.satisfaction_score
    from {{ ref('silver_customer_interactions') }} as told
    cross join build_dates
    left join identities on told.source_customer_key = identities.source_customer_key
    where
        told.source_customer_key is not null
        and told.interaction_date <= build_dates.as_of

),

-- the answer given last counts, and no answer is none
answers as (

    select
        customer_key,
        max(interaction_date) as last_interaction_date,
        max_by(nps_score, case when nps_score is not null then interaction_timestamp end)
            as nps_score,
        max_by(
            satisfaction_score,
            case when satisfaction_score is not null then interaction_timestamp end
        ) as csat_score
    from (
        select * from interactions
        qualify row_number() over (
            partition by customer_key, interaction_timestamp order by interaction_key
        ) = 1
    ) as one_at_a_time
    group by customer_key

),

channels as (

    select
        customer_key,
        channel_code as preferred_channel
    from interactions
    where channel_code is not null
    group by customer_key, channel_code
    qualify row_number() over (
        partition by customer_key
        order by count(*) desc, max(interaction_timestamp) desc, channel_code asc
    ) = 1

),

complaints as (

    select
        coalesce(identities.customer_key, made.source_customer_key) as customer_key,
        cast(count(*) as integer) as complaint_count_12m
    from {{ ref('silver_customer_complaints') }} as made
    cross join build_dates
    left join identities on made.source_customer_key = identities.source_customer_key
    where
        made.source_customer_key is not null
        and made.complaint_date <= build_dates.as_of
        and made.complaint_date
        > cast({{ dbt.dateadd('month', -12, 'build_dates.as_of') }} as date)
    group by coalesce(identities.customer_key, made.source_customer_key)

),

final as (

    select
        coalesce(answers.customer_key, complaints.customer_key) as customer_key,
        answers.last_interaction_date,
        answers.nps_score,
        answers.csat_score,
        channels.preferred_channel,
        coalesce(complaints.complaint_count_12m, 0) as complaint_count_12m
    from answers
    full outer join complaints on answers.customer_key = complaints.customer_key
    left join channels on answers.customer_key = channels.customer_key

)

select * from final
