select
    {{ surrogate_key(['channel_name']) }} as channel_key,
    channel_name,
    channel_family,
    is_paid,
    channel_order
from {{ ref('channels') }}
