{# The incremental strategy «replace_touched», in one transaction. `unique_key` (a list) is what a row is
   known by. What the run derived replaces the rows of the same key; what of the touched units (config
   meta.touched_by) it did not derive again is gone; and what came out as it was stays, so that nothing
   downstream is touched for nothing. Of rows that went or changed, the units they were in (config
   meta.units) are noted in quality.left_units: whoever derives by them must do so again. #}
{% macro get_incremental_replace_touched_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set temp = arg_dict['temp_relation'] -%}
    {%- set names = arg_dict['dest_columns'] | map(attribute='quoted') | list -%}
    {%- set columns = names | join(', ') -%}
    {%- set key = '(' ~ arg_dict['unique_key'] | join(', ') ~ ')' -%}
    {%- set units = config.meta_get('units', []) -%}
    {%- set audited = names | reject('equalto', '"derived_in_batch"') | list -%}
    {%- set is_read_on = audited | length < names | length -%}
    {%- for column in config.meta_get('touched_by', {}) %}
        {%- set gone -%}
            {{ column }} in ({{ touched(column) }})
            and {{ key }} not in (select {{ key[1:-1] }} from {{ temp }})
        {%- endset %}
        {%- for unit in units %}
            insert into quality.left_units
            select distinct '{{ model.name }}', '{{ unit }}', {{ unit }}, {{ batch_number() }}
            from {{ target }}
            where {{ unit }} is not null and {{ gone }};
        {%- endfor %}
        delete from {{ target }} where {{ gone }};
    {%- endfor %}
    {%- if is_read_on %}
        delete from {{ temp }} where {{ key }} in (
            select {{ key[1:-1] }} from (
                select {{ audited | join(', ') }} from {{ temp }}
                intersect
                select {{ audited | join(', ') }} from {{ target }}
                where {{ key }} in (select {{ key[1:-1] }} from {{ temp }})
            ) as unchanged
        );
    {%- endif %}
    {%- for unit in units %}
        insert into quality.left_units
        select distinct '{{ model.name }}', '{{ unit }}', known.{{ unit }}, {{ batch_number() }}
        from {{ target }} as known
        inner join {{ temp }} as derived
            on {% for column in arg_dict['unique_key'] %}known.{{ column }} = derived.{{ column }}
            and {% endfor %}known.{{ unit }} is distinct from derived.{{ unit }}
        where known.{{ unit }} is not null;
    {%- endfor %}
    delete from {{ target }} where {{ key }} in (select {{ key[1:-1] }} from {{ temp }});
    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ temp }}
{%- endmacro %}
