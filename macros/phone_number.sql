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
