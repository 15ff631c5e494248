select

    -- keys
    issue_key,
    {{ date_key('first_contact_timestamp') }} as first_contact_date_key,
    customer_key,
    channel_key,
    interaction_type_key,

    -- what
    interaction_category,
    interaction_channel,
    is_escalated,
    is_matured,
    is_first_contact_resolved,
    is_settled_at_once,

    -- measures
    contact_count,

    -- when
    first_contact_timestamp,
    last_contact_timestamp

from {{ ref('silver_contact_issues') }}
