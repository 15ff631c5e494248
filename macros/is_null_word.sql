{# Whether a text is one of the words by which exports write null. A list, not `in`: of more than
   four words DuckDB makes a join, and one join per text column costs seconds on an empty table. #}
{% macro is_null_word(text) -%}
    {{ adapter.dispatch('is_null_word', 'customer_analytics')(text) }}
{%- endmacro %}

{% macro null_words() -%}
    '', 'NULL', 'null', '\N', 'N/A', 'n/a', 'NaN', 'nan', 'undefined', '(null)'
{%- endmacro %}

{% macro default__is_null_word(text) -%}
    list_contains([{{ null_words() }}], {{ text }})
{%- endmacro %}

{% macro spark__is_null_word(text) -%}
    array_contains(array({{ null_words() | replace('\\', '\\\\') }}), {{ text }})
{%- endmacro %}
