-- Nothing is lost between staging and gold. If this fails after an incremental run, rows came with
-- older ingestion times than what was loaded: build int_touchpoints__responded+ with --full-
-- refresh.
select touchpoint_id
from {{ ref('stg_journey_events__touchpoints') }}
where
    rejection_reason is null
    and {{ surrogate_key(['touchpoint_id']) }} not in (
        select touchpoints.touchpoint_key from {{ ref('fact_touchpoints') }} as touchpoints
    )
