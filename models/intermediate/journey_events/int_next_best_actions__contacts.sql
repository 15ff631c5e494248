with

identities as (select * from {{ ref('silver_customer_identities') }}),

final as (

    select
        moments.customer_key,
        moments.moment_date,
        count(*) as contact_count
    from {{ ref('int_customer_contacts') }} as contacts
    left join identities on contacts.source_customer_key = identities.source_customer_key
    inner join {{ ref('int_next_best_actions__moments') }} as moments
        on
            coalesce(identities.customer_key, contacts.source_customer_key) = moments.customer_key
            and contacts.contact_timestamp < cast(moments.moment_date as timestamp)
            and contacts.contact_timestamp
            >= cast(moments.moment_date as timestamp)
            - interval '{{ var("nba_contact_days") }}' day
    group by moments.customer_key, moments.moment_date

)

select * from final
