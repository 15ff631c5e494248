with

build_dates as (

    select
        as_of,
        cast({{ dbt.dateadd('day', 1, 'as_of') }} as timestamp) as known_until
    from {{ ref('int_core__build_dates') }}

),

households as (

    select
        members.customer_key,
        members.household_key,
        members.household_role
    from {{ ref('silver_household_members') }} as members
    cross join build_dates
    where
        members.valid_from_date <= build_dates.as_of
        and (members.valid_to_date is null or members.valid_to_date > build_dates.as_of)

),

stages as (

    select
        stays.customer_key,
        stays.lifecycle_stage
    from {{ ref('silver_customer_lifecycle_history') }} as stays
    cross join build_dates
    where
        stays.effective_from < build_dates.known_until
        and (stays.effective_to is null or stays.effective_to >= build_dates.known_until)

),

-- of several the one with a tier, which tells what the customer is worth to us
segments as (

    select
        stays.customer_key,
        stays.segment_name,
        stays.segment_tier
    from {{ ref('silver_customer_segments_history') }} as stays
    cross join build_dates
    where
        stays.effective_from < build_dates.known_until
        and (stays.effective_to is null or stays.effective_to >= build_dates.known_until)
    qualify row_number() over (
        partition by stays.customer_key
        order by
            case when stays.segment_tier is null then 1 else 0 end asc,
            stays.effective_from desc,
            stays.segment_key asc
    ) = 1

),

consents as (

    select
        decisions.customer_key,
        not bool_or(
            case
                when
                    decisions.purpose = 'marketing' and decisions.channel = 'email'
                    and decisions.basis in ('given', 'refused', 'withdrawn')
                    then decisions.is_granted
            end
        ) as do_not_email,
        not bool_or(
            case
                when
                    decisions.purpose = 'marketing' and decisions.channel = 'phone'
                    and decisions.basis in ('given', 'refused', 'withdrawn')
                    then decisions.is_granted
            end
        ) as do_not_call,
        not bool_or(
            case
                when
                    decisions.purpose = 'marketing' and decisions.channel = 'mail'
                    and decisions.basis in ('given', 'refused', 'withdrawn')
                    then decisions.is_granted
            end
        ) as do_not_mail,
        bool_or(decisions.is_granted) as has_any_consent
    from {{ ref('silver_consent_history') }} as decisions
    cross join build_dates
    where
        decisions.valid_from_timestamp < build_dates.known_until
        and (
            decisions.valid_to_timestamp is null
            or decisions.valid_to_timestamp >= build_dates.known_until
        )
    group by decisions.customer_key

),

final as (

    select
        customers.customer_key,
        households.household_key,
        households.household_role,
        stages.lifecycle_stage,
        segments.segment_name as current_segment,
        segments.segment_tier,
        consents.has_any_consent,
        consents.do_not_email,
        consents.do_not_call,
        consents.do_not_mail
    from {{ ref('int_golden_record__customers') }} as customers
    left join households on customers.customer_key = households.customer_key
    left join stages on customers.customer_key = stages.customer_key
    left join segments on customers.customer_key = segments.customer_key
    left join consents on customers.customer_key = consents.customer_key

)

select * from final
