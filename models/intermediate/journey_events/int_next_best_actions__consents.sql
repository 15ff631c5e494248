{{ config(materialized='table') }}

with

consents as (

    select *
    from {{ ref('silver_consent_history') }}
    where purpose = 'marketing'

),

moments as (select * from {{ ref('int_next_best_actions__moments') }}),

-- what was decided before the day and holds when it begins
latest as (

    select
        moments.customer_key,
        moments.moment_date,
        consents.channel,
        consents.is_granted
    from moments
    inner join consents
        on
            moments.customer_key = consents.customer_key
            and cast(moments.moment_date as timestamp) > consents.decided_timestamp
            and cast(moments.moment_date as timestamp) >= consents.valid_from_timestamp
    qualify row_number() over (
        partition by moments.customer_key, moments.moment_date, consents.channel
        order by consents.valid_from_timestamp desc
    ) = 1

),

-- a yes to one channel is a yes to marketing
final as (

    select
        customer_key,
        moment_date,
        bool_or(is_granted) as is_marketing_allowed,
        bool_or(is_granted and channel = 'email') as is_email_allowed,
        bool_or(is_granted and channel = 'sms') as is_sms_allowed,
        bool_or(is_granted and channel = 'phone') as is_phone_allowed,
        bool_or(is_granted and channel = 'push') as is_push_allowed,
        bool_or(is_granted and channel = 'mail') as is_mail_allowed
    from latest
    group by customer_key, moment_date

)

select * from final
