{# After a run: where every incremental model was rebuilt in full, what `cap load` asked for is done. #}
{% macro bronze_is_rebuilt(results) -%}
    {% if execute and flags.FULL_REFRESH %}
        {% set rebuilt = results | selectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list %}
        {% set left = [] %}
        {% for node in graph.nodes.values() if is_derived_incrementally(node.config.materialized) and node.unique_id not in rebuilt %}
            {% do left.append(node.name) %}
        {% endfor %}
        {% if not left %}
            drop table if exists bronze.must_rebuild
        {% endif %}
    {% endif %}
{%- endmacro %}
