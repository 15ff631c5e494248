{# made anew by every run, since whether the days of a first contact are over depends on today #}
{% set window = var("first_contact_days") %}

with

identities as (select * from {{ ref('silver_customer_identities') }}),

build_dates as (select * from {{ ref('int_core__build_dates') }}),

-- customers who came to us; whose record of the two, does not matter
contacts as (

    select
        interactions.interaction_key,
        coalesce(identities.customer_key, interactions.source_customer_key) as customer_key,
        coalesce(interactions.interaction_category, '(unknown)') as interaction_category,
        coalesce(interactions.channel_code, '(unknown)') as interaction_channel,
        interactions.channel_key,
        interactions.interaction_type_key,
        interactions.is_resolved,
        interactions.is_escalated,
        interactions.interaction_timestamp
    from {{ ref('silver_customer_interactions') }} as interactions
    left join identities on interactions.source_customer_key = identities.source_customer_key
    where interactions.is_inbound and interactions.source_customer_key is not null

),

-- a contact about the same matter within the days goes on with the issue, another opens the next
openings as (

    select
        *,
        coalesce(
            {{ seconds_between(
                'lag(interaction_timestamp) over contacts_of_one', 'interaction_timestamp'
            ) }} > {{ window }} * 86400,
            true
        ) as is_opening
    from contacts
    window contacts_of_one as (
        partition by customer_key, interaction_category
        order by interaction_timestamp, interaction_key
    )

),

numbered as (

    select
        *,
        sum(case when is_opening then 1 else 0 end) over (
            partition by customer_key, interaction_category
            order by interaction_timestamp, interaction_key
            rows between unbounded preceding and current row
        ) as issue_number
    from openings

),

issues as (

    select
        customer_key,
        interaction_category,
        issue_number,
        max(case when is_opening then interaction_key end) as first_interaction_key,
        max(case when is_opening then interaction_channel end) as interaction_channel,
        max(case when is_opening then channel_key end) as channel_key,
        max(case when is_opening then interaction_type_key end) as interaction_type_key,
        bool_or(is_resolved) filter (where is_opening) as is_first_contact_resolved,
        coalesce(bool_or(is_escalated), false) as is_escalated,
        coalesce(bool_or(is_escalated) filter (where is_opening), false)
            as is_first_contact_escalated,
        cast(count(*) as integer) as contact_count,
        min(interaction_timestamp) as first_contact_timestamp,
        max(interaction_timestamp) as last_contact_timestamp
    from numbered
    group by customer_key, interaction_category, issue_number

),

final as (

    select
        issues.first_interaction_key as issue_key,
        issues.customer_key,
        issues.channel_key,
        issues.interaction_type_key,
        issues.interaction_category,
        issues.interaction_channel,
        issues.contact_count,
        issues.is_escalated,
        issues.is_first_contact_resolved,
        cast(issues.first_contact_timestamp as date)
        <= {{ dbt.dateadd('day', '-' ~ window, 'build_dates.as_of') }} as is_matured,
        issues.is_first_contact_resolved
        and not issues.is_first_contact_escalated
        and issues.contact_count = 1 as is_settled_at_once,
        issues.first_contact_timestamp,
        issues.last_contact_timestamp
    from issues
    cross join build_dates

)

select * from final
