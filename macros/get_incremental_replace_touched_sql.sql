{# The incremental strategy «replace_touched», in one transaction. `unique_key` (a list) is what a row is
   known by. What the run derived replaces the rows of the same key; what of the touched units (config
   meta.touched_by) it did not derive again is gone; and what came out as it was stays, so that nothing
   downstream is touched for nothing. Of rows that went or changed, the units they were in (config
   meta.units) are noted in quality.left_units: whoever derives by them must do so again. The table, which
   may be long, is read once for the rows that may go, and once to delete them. #}
{% macro get_incremental_replace_touched_sql(arg_dict) -%}
    {%- set target, temp = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
    {%- set key = arg_dict['unique_key'] | join(', ') -%}
    {%- set names = arg_dict['dest_columns'] | map(attribute='quoted') | list -%}
    {%- set going = model.name ~ '__going' -%}
    {%- set is_read_on = '"derived_in_batch"' in names -%}
    create or replace temporary table {{ going }} as
    select {{ names | join(', ') if is_read_on else key }} from {{ target }}
    where
        ({{ key }}) in (select {{ key }} from {{ temp }})
        {%- for column in config.meta_get('touched_by', {}) %}
        or {{ column }} in ({{ touched(column) }})
        {%- endfor %};
    {%- if is_read_on %}
        {{ forget_what_came_out_as_it_was(going, temp, key, names) }}
        {{ note_units_that_rows_leave(going, temp, arg_dict['unique_key']) }}
    {%- endif %}
    delete from {{ target }} where ({{ key }}) in (select {{ key }} from {{ going }});
    drop table {{ going }};
    insert into {{ target }} ({{ names | join(', ') }})
    select {{ names | join(', ') }}
    from {{ temp }}
{%- endmacro %}

{% macro note_units_that_rows_leave(going, temp, key) -%}
    {%- for unit in config.meta_get('units', []) %}
        insert into quality.left_units
        select distinct '{{ model.name }}', '{{ unit }}', going.{{ unit }}, {{ batch_number() }}
        from {{ going }} as going
        left join {{ temp }} as derived
            on {% for column in key %}going.{{ column }} = derived.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
        where
            going.{{ unit }} is not null
            and (derived.{{ key[0] }} is null or going.{{ unit }} is distinct from derived.{{ unit }});
    {%- endfor %}
{%- endmacro %}

{# only tables that are read on: others have no derived_in_batch to keep #}
{% macro forget_what_came_out_as_it_was(going, temp, key, names) -%}
    {%- set told = names | reject('equalto', '"derived_in_batch"') | join(', ') -%}
    create or replace temporary table {{ going }}_unchanged as
    select {{ key }} from (
        select {{ told }} from {{ temp }} intersect select {{ told }} from {{ going }}
    ) as unchanged;
    delete from {{ temp }} where ({{ key }}) in (select {{ key }} from {{ going }}_unchanged);
    delete from {{ going }} where ({{ key }}) in (select {{ key }} from {{ going }}_unchanged);
    drop table {{ going }}_unchanged;
{%- endmacro %}
