{# made anew by every run: what lies within the window of engagement depends on today #}
{{ config(materialized='table') }}

with

identities as (select * from {{ ref('silver_customer_identities') }}),

build_dates as (select * from {{ ref('int_core__build_dates') }}),

-- what staff does for a customer is told by interactions, so a stream's copy of it is no contact
acts as (

    select
        customer_key,
        event_date as act_date,
        channel_code,
        is_transaction,
        event_type = 'login' as is_login,
        false as is_contact,
        false as is_outreach,
        engagement_kind <> 'background' as is_engagement,
        engagement_kind = 'active' as is_active
    from {{ ref('silver_customer_events') }}
    where customer_key is not null and ({{ var("include_bots") }} or not (is_bot or is_test))
    union all
    select
        coalesce(identities.customer_key, interactions.source_customer_key) as customer_key,
        interactions.interaction_date as act_date,
        interactions.channel_code,
        false as is_transaction,
        false as is_login,
        interactions.is_inbound as is_contact,
        not interactions.is_inbound as is_outreach,
        true as is_engagement,
        interactions.is_inbound as is_active
    from {{ ref('silver_customer_interactions') }} as interactions
    left join identities on interactions.source_customer_key = identities.source_customer_key
    where interactions.source_customer_key is not null

),

placed as (

    select
        acts.*,
        cast(date_trunc('month', acts.act_date) as date) as month_start_date,
        acts.act_date
        > {{ dbt.dateadd('day', '-' ~ var("engagement_window_days"), 'build_dates.as_of') }}
            as is_recent,
        -- a shop's till or a message that is opened is no place where we are dealt with, and where
        -- we call is not the customer's choice
        case
            when acts.is_outreach then 'other'
            when acts.channel_code in ('call_center', 'call', 'phone') then 'phone'
            when acts.channel_code in ('web', 'app', 'branch', 'atm') then acts.channel_code
            when acts.is_contact and acts.channel_code in ('chat', 'video', 'email')
                then acts.channel_code
            else 'other'
        end as engagement_channel
    from acts
    cross join build_dates
    where acts.act_date <= build_dates.as_of

),

final as (

    select
        customer_key,
        month_start_date,
        is_recent,
        engagement_channel,
        count(*) as act_count,
        count(*) filter (where is_active or is_transaction) as active_count,
        count(*) filter (where is_login) as login_count,
        count(*) filter (where is_transaction) as transaction_count,
        count(*) filter (where is_contact) as contact_count,
        max(case when is_engagement then act_date end) as last_engagement_date,
        max(case when is_transaction then act_date end) as last_transaction_date,
        max(case when is_login then act_date end) as last_login_date
    from placed
    group by customer_key, month_start_date, is_recent, engagement_channel

)

select * from final
