select name, yaml_path
from models
where
    regexp_extract(yaml_path, '([^/]+)\.yml$', 1) <> name
    or regexp_extract(path, '([^/]+)\.sql$', 1) <> name
    or regexp_extract(yaml_path, '://(.*)/[^/]+$', 1) <> regexp_extract(path, '^(.*)/[^/]+$', 1)
