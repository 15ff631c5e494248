select name, definition from metrics where type = 'derived' and contains(json_extract_string(definition, '$.type_params.expr'), '/')
