-- staging is the ground that every domain stands on: it belongs to none
select child.name, '(' || child.domain || ') reads', parent.name, '(' || parent.domain || ')'
from edges
inner join models as child on edges.child_unique_id = child.unique_id
inner join models as parent on edges.parent_unique_id = parent.unique_id
where
    child.domain is not null
    and parent.domain is not null
    and not exists (
        from group_reads
        where group_reads.reader = child.domain and group_reads.read_domain = parent.domain
    )
