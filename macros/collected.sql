{# In a group: the values that are not null as a list, in the order of `position`, which is theirs alone. #}
{% macro collected(value, position) -%}
    {{ adapter.dispatch('collected', 'customer_analytics')(value, position) }}
{%- endmacro %}

{% macro default__collected(value, position) -%}
    array_agg({{ value }} order by {{ position }}) filter (where {{ value }} is not null)
{%- endmacro %}

{% macro spark__collected(value, position) -%}
    transform(
        array_sort(collect_list(case when {{ value }} is not null then struct({{ position }} as place, {{ value }} as told) end)),
        entry -> entry.told
    )
{%- endmacro %}
