{# The names, comma-separated, of the fields that were given but did not read as their type or were
   out of range, so that staging made them null; null where every given field was good. #}
{% macro nulled_columns(columns) -%}
    nullif(concat_ws(
        ','{% for column in columns %},
        case when {{ column }} is null and {{ was_given('raw.' ~ column) }} then '{{ column }}' end{% endfor %}
    ), '')
{%- endmacro %}

{# Whether the source gave a value: anything but blanks and words for null. #}
{% macro was_given(delivered) -%}
    not {{ is_null_word(trimmed('cast(' ~ delivered ~ ' as string)')) }}
{%- endmacro %}
