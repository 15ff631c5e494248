-- Nothing is lost between staging and gold. If this fails after an incremental run, rows came with
-- older ingestion times than what was loaded: build silver_customer_interactions+,
-- silver_customer_complaints+ and int_customer_preferences__delivered+ with --full-refresh.
select
    'interaction' as kind,
    interaction_id as id
from {{ ref('stg_customer_360__customer_interactions') }}
where
    rejection_reason is null
    and {{ surrogate_key(['interaction_id']) }} not in (
        select facts.interaction_key from {{ ref('fact_customer_interactions') }} as facts
    )
union all
select
    'complaint' as kind,
    complaint_id as id
from {{ ref('stg_customer_360__customer_complaints') }}
where
    rejection_reason is null
    and {{ surrogate_key(['complaint_id']) }} not in (
        select facts.complaint_key from {{ ref('fact_complaints') }} as facts
    )
union all
select
    'consent' as kind,
    preference_id as id
from {{ ref('stg_customer_360__customer_preferences') }}
where
    rejection_reason is null
    and consent_given is not null
    and {{ surrogate_key(['preference_id']) }} not in (
        select facts.consent_event_key from {{ ref('fact_consent_events') }} as facts
    )
