{# Two columns, word and word_number (from 0), and one row per word of a single-spaced text. #}
{% macro words_of(text) -%}
    {{ adapter.dispatch('words_of', 'customer_analytics')(text) }}
{%- endmacro %}

{% macro default__words_of(text) -%}
    unnest(string_split({{ text }}, ' ')) as word,
    generate_subscripts(string_split({{ text }}, ' '), 1) - 1 as word_number
{%- endmacro %}

{% macro spark__words_of(text) -%}
    posexplode(split({{ text }}, ' ')) as (word_number, word)
{%- endmacro %}

{# In a group of words: those that are not null, joined again in their order. #}
{% macro joined_words(word, separator=' ') -%}
    {{ adapter.dispatch('joined_words', 'customer_analytics')(word, separator) }}
{%- endmacro %}

{% macro default__joined_words(word, separator) -%}
    string_agg({{ word }}, '{{ separator }}' order by word_number)
{%- endmacro %}

{% macro spark__joined_words(word, separator) -%}
    listagg({{ word }}, '{{ separator }}') within group (order by word_number)
{%- endmacro %}
