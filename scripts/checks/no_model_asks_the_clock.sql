select name, regexp_extract(code, '(?i)\b(now\(\)|current_date|current_timestamp|get_current_timestamp|today\(\))')
from models
where regexp_matches(code, '(?i)\b(now\(\)|current_date|current_timestamp|get_current_timestamp|today\(\))')
