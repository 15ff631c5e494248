with

-- touchpoints say what kind of offer it is, interactions only which
named as (

    select
        offer_key,
        offer_id,
        offer_type,
        touchpoint_date as seen_date
    from {{ ref('silver_touchpoints') }}
    where offer_key <> -1
    union all
    select
        offer_key,
        offer_id,
        null as offer_type,
        first_seen_date as seen_date
    from {{ ref('silver_interaction_offers') }}
    union all
    select
        offer_key,
        offer_id,
        null as offer_type,
        last_seen_date as seen_date
    from {{ ref('silver_interaction_offers') }}

),

final as (

    select
        offer_key,
        offer_id,
        min(offer_type) as offer_type,
        min(seen_date) as first_seen_date,
        max(seen_date) as last_seen_date
    from named
    group by offer_key, offer_id
    union all
    select
        -1 as offer_key,
        '(none)' as offer_id,
        null as offer_type,
        null as first_seen_date,
        null as last_seen_date

)

select * from final
