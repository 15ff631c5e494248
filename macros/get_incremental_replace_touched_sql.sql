{# The incremental strategy «replace_touched», in one transaction. `unique_key` (a list) is what a row is
   known by. What the run derived replaces the rows of the same key; what of the touched units (config
   meta.touched_by) it did not derive again is gone; and what came out as it was stays, so that nothing
   downstream is touched for nothing. Of rows that went or changed, the units they were in (config
   meta.units) are noted in quality.left_units: whoever derives by them must do so again. #}
{% macro get_incremental_replace_touched_sql(arg_dict) -%}
    {%- set target, temp = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
    {%- set key = arg_dict['unique_key'] -%}
    {%- set names = arg_dict['dest_columns'] | map(attribute='quoted') | list -%}
    {%- for column in config.meta_get('touched_by', {}) %}
        {%- set gone -%}
            {{ column }} in ({{ touched(column) }})
            and ({{ key | join(', ') }}) not in (select {{ key | join(', ') }} from {{ temp }})
        {%- endset %}
        {{ note_units_of_rows_that_go(target, gone) }}
        delete from {{ target }} where {{ gone }};
    {%- endfor %}
    {{ forget_what_came_out_as_it_was(target, temp, key, names) }}
    {{ note_units_of_rows_that_change(target, temp, key) }}
    delete from {{ target }}
    where ({{ key | join(', ') }}) in (select {{ key | join(', ') }} from {{ temp }});
    insert into {{ target }} ({{ names | join(', ') }})
    select {{ names | join(', ') }}
    from {{ temp }}
{%- endmacro %}

{% macro note_units_of_rows_that_go(target, gone) -%}
    {%- for unit in config.meta_get('units', []) %}
        insert into quality.left_units
        select distinct '{{ model.name }}', '{{ unit }}', {{ unit }}, {{ batch_number() }}
        from {{ target }}
        where {{ unit }} is not null and {{ gone }};
    {%- endfor %}
{%- endmacro %}

{% macro note_units_of_rows_that_change(target, temp, key) -%}
    {%- for unit in config.meta_get('units', []) %}
        insert into quality.left_units
        select distinct '{{ model.name }}', '{{ unit }}', known.{{ unit }}, {{ batch_number() }}
        from {{ target }} as known
        inner join {{ temp }} as derived
            on {% for column in key %}known.{{ column }} = derived.{{ column }} and {% endfor -%}
            known.{{ unit }} is distinct from derived.{{ unit }}
        where known.{{ unit }} is not null;
    {%- endfor %}
{%- endmacro %}

{# only tables that are read on: others have no derived_in_batch to keep #}
{% macro forget_what_came_out_as_it_was(target, temp, key, names) -%}
    {%- set told = names | reject('equalto', '"derived_in_batch"') | join(', ') -%}
    {%- if '"derived_in_batch"' in names %}
        delete from {{ temp }} where ({{ key | join(', ') }}) in (
            select {{ key | join(', ') }} from (
                select {{ told }} from {{ temp }}
                intersect
                select {{ told }} from {{ target }}
                where ({{ key | join(', ') }}) in (select {{ key | join(', ') }} from {{ temp }})
            ) as unchanged
        );
    {%- endif %}
{%- endmacro %}
