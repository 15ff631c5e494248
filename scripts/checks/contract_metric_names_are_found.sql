-- Every name of the contract has a metric or a saved query, or contract/unanswered.csv says why the 27 tables cannot
-- answer it; not both. The domain is the folder: two domains have a «Conversion». Identity answers names of customer_360.
with told as (
    select path, category, contract_name from metrics
    union
    select path, category, contract_name from saved_queries
),

named as (
    select
        regexp_extract(path, '(identity|customer_360|journey_events|digital_analytics)') as folder,
        case folder when 'identity' then 'customer_360' else folder end as domain,
        category,
        contract_name
    from told
)

select 'missing', contract.domain, contract.category, contract.name
from contract_metrics as contract
where
    not exists (
        from named
        where
            named.domain = contract.domain
            and named.category = contract.category
            and named.contract_name = contract.name
    )
    and not exists (
        from contract_unanswered as unanswered
        where
            unanswered.domain = contract.domain
            and unanswered.category = contract.category
            and unanswered.name = contract.name
            and unanswered.reason <> ''
    )
union all
select 'answered, and said to be unanswerable', unanswered.domain, unanswered.category, unanswered.name
from contract_unanswered as unanswered
semi join named
    on
        named.domain = unanswered.domain
        and named.category = unanswered.category
        and named.contract_name = unanswered.name
union all
select 'not in the contract', named.domain, named.category, named.contract_name
from named
where
    named.contract_name <> ''
    and not exists (
        from contract_metrics as contract
        where
            contract.domain = named.domain
            and contract.category = named.category
            and contract.name = named.contract_name
    )
