{# Text as people mean it: trimmed, and null where an export wrote a word for null. Case matters:
   «NULL» is an export's null, «Null» is a surname. #}
{% macro clean_text(column) -%}
    case
        when trim({{ column }}) in ({{ null_words() }}) then null
        else trim({{ column }})
    end
{%- endmacro %}

{% macro null_words() -%}
    '', 'NULL', 'null', '\N', 'N/A', 'n/a', 'NaN', 'nan', 'undefined', '(null)'
{%- endmacro %}
