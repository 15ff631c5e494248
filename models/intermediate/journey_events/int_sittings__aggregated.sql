{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['sitting_key'],
    meta={
        'touched_by': {'sitting_key': {'int_session_parts__sittings': 'sitting_key'}},
        'units': ['sitting_key', 'visitor_key'],
    },
) }}

select
    sitting_key,
    min(visitor_key) as visitor_key,
    min(part_start_timestamp) as sitting_start_timestamp,
    max(part_end_timestamp) as sitting_end_timestamp,
    -- two people who log in in one sitting: it is the first one's
    min_by(login_customer_key, sitting_part_number) filter (
        where login_customer_key is not null
    ) as login_customer_key,
    min_by(device_customer_key, sitting_part_number) filter (
        where device_customer_key is not null
    ) as device_customer_key,
    min(login_customer_key) as lowest_customer_key,
    max(login_customer_key) as highest_customer_key,
    bool_or(is_capped) as is_capped,
    bool_or(is_bot) as is_bot,
    bool_or(is_test) as is_test,
    {{ batch_number() }} as derived_in_batch
from {{ ref('int_session_parts__sittings') }}
{% if is_incremental() %}
    where sitting_key in ({{ touched('sitting_key') }})
{% endif %}
group by sitting_key
