-- A category that has one metric has them all, or says in contract/unanswered.csv why the 27 tables cannot answer a
-- name. The domain is the folder: two domains have a «Conversion». Identity answers some names of customer_360,
-- whose own folder must have the rest of a category once it has one.
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
    exists (from named where named.folder = contract.domain and named.category = contract.category)
    and not exists (
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
