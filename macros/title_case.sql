{# Text with each word's first letter large, where it came all in capitals or all in small letters;
   otherwise as it is, since «McDonald» and «van Dyke» know better. Hyphens and apostrophes part words too. #}
{% macro title_case(text) -%}
    case
        when {{ text }} in (upper({{ text }}), lower({{ text }})) and length({{ text }}) > 1
            then {{ adapter.dispatch('words_titled', 'customer_analytics')(text) }}
        else {{ text }}
    end
{%- endmacro %}

{# a letter after a mark begins a word while the words are titled #}
{% macro marks_as_blanks(text) -%}
    replace(replace(lower({{ text }}), '-', concat(chr(30), ' ')), '''', concat(chr(31), ' '))
{%- endmacro %}

{% macro blanks_as_marks(text) -%}
    replace(replace({{ text }}, concat(chr(30), ' '), '-'), concat(chr(31), ' '), '''')
{%- endmacro %}

{% macro default__words_titled(text) -%}
    {{ blanks_as_marks(
        "array_to_string(list_transform(string_split(" ~ marks_as_blanks(text)
        ~ ", ' '), lambda word: upper(left(word, 1)) || substr(word, 2)), ' ')"
    ) }}
{%- endmacro %}

{% macro spark__words_titled(text) -%}
    {{ blanks_as_marks("initcap(" ~ marks_as_blanks(text) ~ ")") }}
{%- endmacro %}
