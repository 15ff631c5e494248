{# Text as people mean it: without blanks at its ends, and null where an export wrote a word for
   null. Case matters: «NULL» is an export's null, «Null» is a surname. Most text is clean already,
   and seeing that costs a third of trimming it, so the first branch is the usual one. #}
{% macro clean_text(column) -%}
    case
        when not {{ has_blank_ends(column) }} and not {{ is_null_word(column) }} then {{ column }}
        when not {{ is_null_word(trimmed(column)) }} then {{ trimmed(column) }}
    end
{%- endmacro %}

{# Control characters and the blank sort before «!»; chr(160) is the no-break space. #}
{% macro has_blank_ends(column) -%}
    (
        {{ column }} < '!' or right({{ column }}, 1) < '!'
        or {{ column }} like concat(chr(160), '%') or {{ column }} like concat('%', chr(160))
    )
{%- endmacro %}

{% macro trimmed(column) -%}
    {{ adapter.dispatch('trimmed', 'customer_analytics')(column) }}
{%- endmacro %}

{% macro default__trimmed(column) -%}
    trim({{ column }}, concat(' ', chr(9), chr(10), chr(13), chr(160)))
{%- endmacro %}

{% macro spark__trimmed(column) -%}
    btrim({{ column }}, concat(' ', chr(9), chr(10), chr(13), chr(160)))
{%- endmacro %}
