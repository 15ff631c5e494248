{# The one way this project makes a key: 63 bits of md5 as a positive bigint, equal on every
   engine. Parts are joined by a control character that no text holds, and a null part is another
   one, so that neither «a|b» nor a blank can pass for something else. Where every part is null the
   key is -1, the unknown member that each attribute dimension has. #}
{% macro surrogate_key(columns) -%}
    case
        when {% for column in columns %}{{ column }} is null{{ ' and ' if not loop.last }}{% endfor %} then -1
        else {{ hash_63_bits(columns) }}
    end
{%- endmacro %}

{% macro hash_63_bits(columns) -%}
    {% set parts %}concat_ws(chr(31), {% for column in columns %}coalesce(cast({{ column }} as string), chr(30)){{ ', ' if not loop.last }}{% endfor %}){% endset %}
    {{- adapter.dispatch('md5_as_bigint', 'customer_analytics')(parts) }}
{%- endmacro %}

{% macro default__md5_as_bigint(text) -%}
    cast(cast('0x' || substr(md5({{ text }}), 1, 16) as ubigint) >> 1 as bigint)
{%- endmacro %}

{% macro spark__md5_as_bigint(text) -%}
    cast(conv(substr(md5({{ text }}), 1, 8), 16, 10) as bigint) * 2147483648
    + shiftright(cast(conv(substr(md5({{ text }}), 9, 8), 16, 10) as bigint), 1)
{%- endmacro %}
