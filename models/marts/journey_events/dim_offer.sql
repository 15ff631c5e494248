select
    offer_key,
    offer_id,
    min(offer_type) as offer_type,
    min(touchpoint_date) as first_seen_date,
    max(touchpoint_date) as last_seen_date
from {{ ref('silver_touchpoints') }}
where offer_key <> -1
group by offer_key, offer_id
union all
select
    -1 as offer_key,
    '(none)' as offer_id,
    null as offer_type,
    null as first_seen_date,
    null as last_seen_date
