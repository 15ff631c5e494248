{# The words of a text, single-spaced: lower case, no accents, apostrophes and dots left out («O'Brien» is
   obrien, «Jr.» jr), what else is neither letter nor digit a blank; null for none. #}
{% macro plain_words(text) -%}
    nullif(trim({{ replaced_all("translate(" ~ ascii_text(text) ~ ", '''.', '')", '[^a-z0-9]+', ' ') }}), '')
{%- endmacro %}

{# A line of an address in lower case, without accents, dots and apostrophes; of other signs only those
   that tell units and numbers apart («# 3», «5/12», «12-14»), what else is a blank. #}
{% macro address_line(text) -%}
    nullif(trim({{ replaced_all("translate(" ~ ascii_text(text) ~ ", '''.', '')", '[^a-z0-9/#-]+', ' ') }}), '')
{%- endmacro %}
