-- Every answer in an interaction or a complaint is one row of fact_customer_responses, and every
-- inbound contact of somebody known is in one matter of fact_contact_issues.
with

sums as (

    select
        'answers' as what,
        (
            select count(nps_score) + count(satisfaction_score) + count(effort_score)
            from {{ ref('fact_customer_interactions') }}
        ) + (select count(satisfaction_rating) from {{ ref('fact_complaints') }}) as said,
        (select count(*) from {{ ref('fact_customer_responses') }}) as counted
    union all
    select
        'contacts' as what,
        (
            select count(*) from {{ ref('fact_customer_interactions') }}
            where is_inbound and customer_key is not null
        ) as said,
        (select coalesce(sum(contact_count), 0) from {{ ref('fact_contact_issues') }}) as counted

)

select * from sums
where said <> counted
