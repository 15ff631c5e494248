-- what only DuckDB reads belongs into a dispatched macro
select name, regexp_extract(code, '(::|:=|\bexclude\s*\(|\bcolumns\s*\(|\bstrftime\b|\bstrptime\b|\bepoch_us\b|\basof\b|\blist_\w+\()') as found
from models
where regexp_matches(code, '(::|:=|\bexclude\s*\(|\bcolumns\s*\(|\bstrftime\b|\bstrptime\b|\bepoch_us\b|\basof\b|\blist_\w+\()')
