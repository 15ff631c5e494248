with

lineage as (

    select
        told.*,
        rules.must_agree,
        rules.completeness_weight > 0 as is_counted
    from {{ ref('silver_golden_record_lineage') }} as told
    inner join {{ ref('survivorship_rules') }} as rules
        on told.attribute_name = rules.attribute_name
    where told.is_current

),

versions as (

    select * from {{ ref('int_golden_record__versions') }}
    where effective_to is null

),

customers as (select * from {{ ref('int_golden_record__customers') }}),

agreement as (

    select
        customer_key,
        cast(sum(telling_record_count) as integer) as told_value_count,
        cast(sum(agreeing_record_count) as integer) as agreeing_value_count,
        cast(count(case when is_counted then 1 end) as integer) as known_attribute_count
    from lineage
    group by customer_key

),

issues as (

    select
        customer_key,
        attribute_name || '_contradicted' as issue
    from lineage
    where must_agree and agreeing_record_count < telling_record_count
    union all
    select
        customer_key,
        'identities_contradicted' as issue
    from customers
    where is_contradicted
    union all
    select
        customer_key,
        'identity_in_review' as issue
    from customers
    where is_in_review
    union all
    select
        customer_key,
        'no_record' as issue
    from customers
    where is_inferred
    union all
    select
        customers.customer_key,
        'stale' as issue
    from customers
    cross join {{ ref('int_core__build_dates') }} as build_dates
    where
        {{ dbt.datediff(
            'cast(customers.last_record_timestamp as date)', 'build_dates.as_of', 'day'
        ) }} > {{ var('profile_stale_days') }}
    {% for issue, condition in {
        'no_name': 'first_name is null and last_name is null',
        'no_contact':
            'coalesce(email_address, phone_mobile, phone_primary, address_line1) is null',
        'born_after_becoming_customer': 'date_of_birth > customer_since_date',
        'died_before_birth': 'cast(deceased_date as string) < date_of_birth',
        'deceased_but_active': "is_deceased = 'true' and customer_status = 'active'",
    }.items() %}
        union all
        select
            customer_key,
            '{{ issue }}' as issue
        from versions
        where {{ condition }}
    {% endfor %}

),

listed as (

    select
        customer_key,
        cast(count(*) as integer) as issue_count,
        {{ collected('issue', 'issue') }} as data_quality_issues
    from issues
    group by customer_key

),

asked as (

    select cast(count(*) as integer) as attribute_count
    from {{ ref('survivorship_rules') }}
    where completeness_weight > 0

),

final as (

    select
        customers.customer_key,
        asked.attribute_count - coalesce(agreement.known_attribute_count, 0)
            as missing_attribute_count,
        asked.attribute_count,
        coalesce(agreement.told_value_count, 0) as told_value_count,
        coalesce(agreement.agreeing_value_count, 0) as agreeing_value_count,
        coalesce(listed.issue_count, 0) as issue_count,
        listed.data_quality_issues
    from customers
    cross join asked
    left join agreement on customers.customer_key = agreement.customer_key
    left join listed on customers.customer_key = listed.customer_key

)

select * from final
