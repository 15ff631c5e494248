{# The names, comma-separated, of the fields that were given but did not read as their type or were
   out of range, so that staging made them null; null where every given field was good. #}
{% macro nulled_columns(columns) -%}
    nullif(concat_ws(
        ','{% for column in columns %},
        case when {{ column }} is null and trim(cast(raw.{{ column }} as varchar)) not in ({{ null_words() }}) then '{{ column }}' end{% endfor %}
    ), '')
{%- endmacro %}
