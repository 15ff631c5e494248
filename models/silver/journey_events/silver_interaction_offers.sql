-- The offers that calls, visits and chats name, for dim_offer: all of history, but two columns.
select
    {{ surrogate_key(['offer_id']) }} as offer_key,
    offer_id,
    cast(min(interaction_timestamp) as date) as first_seen_date,
    cast(max(interaction_timestamp) as date) as last_seen_date
from {{ ref('stg_customer_360__customer_interactions') }}
where rejection_reason is null and offer_id is not null
group by offer_id
