with

logins as (

    select
        visitor_key,
        count(distinct {{ surrogate_key(['source_system', 'customer_id']) }}) as customers,
        min({{ surrogate_key(['source_system', 'customer_id']) }}) as customer_key
    from {{ ref('silver_app_events') }}
    where customer_id is not null
    group by visitor_key

),

-- a device that two customers log in on says nothing of who the anonymous visitor is
final as (

    select
        visitor_key,
        customer_key
    from logins
    where customers = 1

)

select * from final
