{# The standard forms of e-mail addresses, phone numbers and other identifiers. What a text holds is
   found first (`…_in`) and made standard in a later step, so that patterns are run once. #}

{# the first thing that looks like an address: «Ann <a@b.c>» has one, «a at b» none #}
{% macro email_in(text) -%}
    nullif(regexp_extract(
        lower({{ text }}), '[a-z0-9_][a-z0-9._%+''-]*@[a-z0-9-]+([.][a-z0-9-]+)*[.][a-z][a-z0-9-]+', 0
    ), '')
{%- endmacro %}

{# without what after a + sorts mail; Gmail ignores dots #}
{% macro standard_local_part(email) -%}
    case
        when split_part({{ email }}, '@', 2) in ('gmail.com', 'googlemail.com')
            then replace(split_part(split_part({{ email }}, '@', 1), '+', 1), '.', '')
        else split_part(split_part({{ email }}, '@', 1), '+', 1)
    end
{%- endmacro %}

{% macro standard_mail_domain(email) -%}
    case
        when split_part({{ email }}, '@', 2) = 'googlemail.com' then 'gmail.com'
        else split_part({{ email }}, '@', 2)
    end
{%- endmacro %}

{# the digits that are dialled, with a + where the number says its country; no extension #}
{% macro digits_dialled(text) -%}
    regexp_replace(
        {{ replaced_all(
            "replace(" ~ replaced_all("lower(" ~ text ~ ")", "[ ,;]*(x|ext|extn|extension|#)[ .:=]*[0-9]+[ ]*$", "")
            ~ ", '(0)', '')", "[^0-9+]+", "") }},
        '^(00|[+]+0*|011)', '+'
    )
{%- endmacro %}

{# letters and digits only #}
{% macro letters_and_digits(text) -%}
    nullif({{ replaced_all("lower(" ~ text ~ ")", '[^a-z0-9]+', '') }}, '')
{%- endmacro %}

{# one character again and again, and nothing else; engines differ on back references #}
{% macro is_one_character(text) -%}
    replace({{ text }}, left({{ text }}, 1), '') = ''
{%- endmacro %}
