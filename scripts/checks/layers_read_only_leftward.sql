-- staging <- source; intermediate and silver <- staging, seeds, intermediate, silver; marts <- silver, seeds,
-- other marts (a dimension never a fact); core's build dates are the one thing a mart reads of intermediate;
-- quality reads everything.
with layer as (
    select
        unique_id,
        name,
        split_part(path, '/', 2) as layer,
        regexp_extract(name, '^[a-z]+') as kind
    from models
)

select child.name, 'reads', coalesce(parent.name, parent_unique_id)
from edges
inner join layer as child on edges.child_unique_id = child.unique_id
left join layer as parent on edges.parent_unique_id = parent.unique_id
where
    (child.layer <> 'staging' and starts_with(parent_unique_id, 'source.'))
    or (child.layer = 'staging' and not starts_with(parent_unique_id, 'source.'))
    or (child.layer in ('intermediate', 'silver') and parent.layer in ('marts', 'quality'))
    or (
        child.layer = 'marts' and parent.layer in ('staging', 'intermediate', 'quality')
        and not (child.name = 'dim_date' and parent.name = 'int_core__build_dates')
    )
    or (child.kind = 'dim' and parent.kind = 'fact')
