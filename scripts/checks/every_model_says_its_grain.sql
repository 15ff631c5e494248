select name, description from models where not starts_with(description, 'One row per ')
