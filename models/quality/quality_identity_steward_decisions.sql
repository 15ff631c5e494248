{{ config(group='identity') }}

select
    pairs.left_source_customer_key,
    pairs.right_source_customer_key,
    case pairs.decision when 'link' then 'must_link' else 'cannot_link' end as decision,
    pairs.machine_decision,
    coalesce(ours.customer_key = theirs.customer_key, false) as is_one_customer,
    case
        when ours.customer_key is null or theirs.customer_key is null then 'unknown customer'
        when
            (pairs.decision = 'link') <> (ours.customer_key = theirs.customer_key)
            then 'not in effect'
        when
            (pairs.decision = 'link') = (pairs.machine_decision = 'link')
            then 'confirms the rules'
        else 'overrules the rules'
    end as effect
from {{ ref('int_identity_pairs__decided') }} as pairs
left join {{ ref('silver_customer_identities') }} as ours
    on pairs.left_source_customer_key = ours.source_customer_key
left join {{ ref('silver_customer_identities') }} as theirs
    on pairs.right_source_customer_key = theirs.source_customer_key
where pairs.match_method = 'steward'
