select list(name) from metrics group by type, definition having count(*) > 1
union all
select list(name) from metrics group by lower(description) having count(*) > 1
