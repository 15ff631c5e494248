-- Customers that must be one, through however many others, and cannot be: each row is a decision
-- that is not kept. Remedy: take the wrong one out of the seed identity_steward_decisions, to whose
-- rows surrogate_key(source_system, source_customer_id) leads back to.
{{ config(group='identity') }}
select
    decisions.left_source_customer_key,
    decisions.right_source_customer_key,
    decisions.decision as decision_not_kept
from {{ ref('int_identity_steward_decisions') }} as decisions
inner join {{ ref('silver_customer_identities') }} as ours
    on decisions.left_source_customer_key = ours.source_customer_key
inner join {{ ref('silver_customer_identities') }} as theirs
    on decisions.right_source_customer_key = theirs.source_customer_key
where
    decisions.decision = 'must_link' and ours.customer_key <> theirs.customer_key
    or decisions.decision = 'cannot_link' and ours.customer_key = theirs.customer_key
