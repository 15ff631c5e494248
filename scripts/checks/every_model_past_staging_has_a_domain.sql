select name, path, domain
from models
where
    split_part(path, '/', 2) in ('intermediate', 'silver', 'marts')
    and domain is distinct from split_part(path, '/', 3)
