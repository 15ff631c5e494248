{# The words of a text, single-spaced: lower case, no accents, apostrophes and dots left out («O'Brien» is
   obrien, «Jr.» jr), what else is neither letter nor digit a blank; null for none. #}
{% macro plain_words(text) -%}
    nullif(trim({{ replaced_all("translate(" ~ ascii_text(text) ~ ", '''.', '')", '[^a-z0-9]+', ' ') }}), '')
{%- endmacro %}
