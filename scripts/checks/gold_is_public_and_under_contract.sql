select name, access, contract_enforced
from models
where split_part(path, '/', 2) = 'marts' and (access <> 'public' or not contract_enforced)
