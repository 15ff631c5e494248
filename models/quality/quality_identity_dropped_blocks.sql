{{ config(group='identity') }}

select
    block_key,
    min(cast(log2(rule_bit) as integer)) as blocking_rule,
    count(*) as record_count
from {{ ref('int_identity_keys__dropped') }}
group by block_key
