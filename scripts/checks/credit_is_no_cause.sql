-- Who reads what a channel is credited with must read beside it that nobody knows what it caused
select
    name,
    description
from metrics
where
    (description ilike '%credited%' or description ilike '%credit for %' or name like '%assisted%')
    and not description ilike '%caus%'
