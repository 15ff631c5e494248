{# Whether two texts are alike: of ten letters of the longer one, at most `differing` differ. Levenshtein, since
   it is the one measure that every engine has; an engine with a better one can be given it by a twin. #}
{% macro alike(field, differing) -%}
    {{ adapter.dispatch('alike', 'customer_analytics')(field, differing) }}
{%- endmacro %}

{% macro default__alike(field, differing) -%}
    levenshtein({{ field }}_l, {{ field }}_r) * 10
    <= greatest(length({{ field }}_l), length({{ field }}_r)) * {{ differing }}
{%- endmacro %}
