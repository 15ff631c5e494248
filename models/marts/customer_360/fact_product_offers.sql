select
    recommendation_key,
    {{ date_key('offer_timestamp') }} as offer_date_key,
    offer_timestamp,
    customer_key,
    recommended_action,
    offer_kind,
    is_accepted,
    is_successful,
    is_decided,
    taken_date,
    {{ dbt.datediff('offer_date', 'taken_date', 'day') }} as days_to_taking
from {{ ref('silver_product_offers') }}
