-- An old golden id, in a report or another system, leads to a golden customer of today, unless all
-- its source customers are gone.
{{ config(group='identity') }}
select
    retired.golden_id,
    retired.resolves_to_customer_key
from {{ ref('silver_golden_ids') }} as retired
left join {{ ref('silver_golden_ids') }} as live
    on
        retired.resolves_to_customer_key = live.customer_key
        and live.golden_id_status = 'active'
where
    live.customer_key is null
    and (
        retired.resolves_to_customer_key is not null
        or retired.golden_id_status = 'active'
        or exists (
            select 1
            from {{ ref('int_golden_ids__assigned') }} as log
            inner join {{ ref('silver_customer_identities') }} as identities
                on log.source_customer_key = identities.source_customer_key
            where
                log.previous_customer_key = retired.customer_key
                and log.derived_in_batch = retired.retired_in_batch
        )
    )
