{# The Soundex code of a lower-case name: a letter and three digits, alike for names that sound alike in
   English. DuckDB has none; in plain functions, equal to Spark's. #}
{% macro soundex(text) -%}
    {{ adapter.dispatch('soundex', 'customer_analytics')(text) }}
{%- endmacro %}

{% macro default__soundex(text) -%}
    {%- set codes -%}
        translate(
            concat(left({{ text }}, 1), replace(replace(substr({{ text }}, 2), 'h', ''), 'w', '')),
            'bfpvcgjkqsxzdtlmnraeiouyhw- ', '1111222222223345560000000000'
        )
    {%- endset -%}
    {%- set ns = namespace(sql=codes) -%}
    {%- for digit in range(1, 7) -%}
        {%- set ns.sql = "regexp_replace(" ~ ns.sql ~ ", '" ~ digit ~ "+', '" ~ digit ~ "', 'g')" -%}
    {%- endfor -%}
    concat(left({{ text }}, 1), rpad(left(replace(substr({{ ns.sql }}, 2), '0', ''), 3), 3, '0'))
{%- endmacro %}

{% macro spark__soundex(text) -%}
    lower(soundex({{ text }}))
{%- endmacro %}
