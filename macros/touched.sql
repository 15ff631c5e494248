{# In an incremental run: a query of the units to derive again. `column` names the unit in this model, and
   its config meta.touched_by[column] the tables (with their column of it, or a list of such) in which such
   units were derived anew, or were left by a row that went elsewhere, since this model ran last.
   meta.selected_by is the same for a unit that this model keeps no column of: its rows are derived again,
   and since none of them can go by that, none is deleted. #}
{% macro touched(column) -%}
    {%- if not execute -%}
        select 0
    {%- else -%}
        {%- set last_batch = last_batch_of(model.name) -%}
        {%- set units = dict(config.meta_get('selected_by', {}), **config.meta_get('touched_by', {})) -%}
        {%- for relation, columns in units[column].items() %}
            {%- for relation_column in ([columns] if columns is string else columns) %}
                select {{ relation_column }} as {{ column }}
                from {{ ref(relation) }}
                where derived_in_batch > {{ last_batch }}
                union all
                select unit_key
                from quality.left_units
                where
                    table_name = '{{ relation }}' and column_name = '{{ relation_column }}'
                    and batch_number > {{ last_batch }}
                {% if not loop.last %}union all{% endif %}
            {%- endfor %}
            {% if not loop.last %}union all{% endif %}
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}
