{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}

-- depends_on: {{ ref('int_sittings__sessions') }}
-- Every key that a session ever had, and what is hashed in it, by which one that went is looked up.
-- Only added to, a full refresh included.
select
    session_key,
    visitor_key,
    session_start_timestamp,
    {{ batch_number() }} as derived_in_batch
from {{ ref('int_sittings__sessions') }}
where
    sitting_key = session_key
    {% if is_incremental() %}
        and derived_in_batch > {{ last_batch_of(model.name) }}
        and session_key not in (select known.session_key from {{ this }} as known)
    {% endif %}
