{# The incremental strategy «replace_touched»: what a run re-derives replaces what was derived before
   of the same things. A row goes when any of the unique_key columns names something that the new
   rows hold: with [visitor_key, pageview_key], a page view that moved to another visitor leaves
   nothing behind. In one transaction with the insert. #}
{% macro get_incremental_replace_touched_sql(arg_dict) -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- for key in arg_dict['unique_key'] %}
    delete from {{ arg_dict['target_relation'] }}
    where {{ key }} in (select {{ key }} from {{ arg_dict['temp_relation'] }});
    {%- endfor %}
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }}
{%- endmacro %}
