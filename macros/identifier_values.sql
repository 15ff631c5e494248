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

{# A phone number as digits with the country's calling code, from the digits that are dialled; `phones` is
   the row of country_phones that applies. What does not fit its country stays as it is. #}
{% macro phone_number(dialled, phones) -%}
    case
        when {{ dialled }} like '+%' then replace({{ dialled }}, '+', '')
        when
            {{ phones }}.trunk_prefix is not null
            and {{ dialled }} like {{ phones }}.trunk_prefix || '%'
            and length({{ dialled }}) - length({{ phones }}.trunk_prefix)
            between {{ phones }}.min_length and {{ phones }}.max_length
            then {{ phones }}.calling_code || substr({{ dialled }}, length({{ phones }}.trunk_prefix) + 1)
        when
            {{ dialled }} like {{ phones }}.calling_code || '%'
            and length({{ dialled }}) > {{ phones }}.max_length
            then {{ dialled }}
        when length({{ dialled }}) between {{ phones }}.min_length and {{ phones }}.max_length
            then {{ phones }}.calling_code || {{ dialled }}
        else {{ dialled }}
    end
{%- endmacro %}

{# without the calling code: what placeholders are told by #}
{% macro national_number(number, phones) -%}
    case
        when {{ number }} like {{ phones }}.calling_code || '%'
            and length({{ number }}) > {{ phones }}.min_length
            then substr({{ number }}, length({{ phones }}.calling_code) + 1)
        else {{ number }}
    end
{%- endmacro %}
