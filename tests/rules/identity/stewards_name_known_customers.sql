-- A decision about a customer that no record names does nothing: most likely it was mistyped.
{{ config(group='identity', severity='warn') }}
select
    decisions.left_source_customer_key,
    decisions.right_source_customer_key,
    decisions.decision
from {{ ref('int_identity_steward_decisions') }} as decisions
left join {{ ref('silver_customer_identities') }} as ours
    on decisions.left_source_customer_key = ours.source_customer_key
left join {{ ref('silver_customer_identities') }} as theirs
    on decisions.right_source_customer_key = theirs.source_customer_key
where
    decisions.decision <> 'withdrawn'
    and (ours.source_customer_key is null or theirs.source_customer_key is null)
