{{ config(materialized='table') }}

-- A million journeys take some thousand paths: chains of any order read these
select
    distinct_path_key,
    conversion_type,
    is_converted,
    nodes,
    count(*) as path_count,
    cast(sum(conversion_value) as decimal(18, 2)) as conversion_value
from {{ ref('int_attribution__person_paths') }}
group by distinct_path_key, conversion_type, is_converted, nodes
