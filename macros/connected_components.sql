{# The materialization «connected_components»: who belongs together. The model's SQL gives rows left_key,
   right_key, match_weight, is_contradiction: a key by itself (left = right), a link of some weight, or a
   contradiction, two keys that do not belong together. The table: source_customer_key, component_key (the
   smallest key of the component), derived_in_batch. In an incremental run the SQL gives whole components,
   as they were, and what it gives replaces what is known (strategy replace_touched).

   First the plain components, by contraction: each node picks, of itself and its neighbours, the one with the
   smallest random rank of the round, and becomes it. Expected rounds grow with the logarithm of the
   nodes whatever the shape (Bögeholz, Brand and Todor, arXiv 1802.09478). Then components that are too
   large or hold a contradiction are put together again, see split_contradictory_components. #}
{% materialization connected_components, default -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set known = load_cached_relation(this) -%}
    {%- set name = this.schema ~ '.' ~ this.identifier ~ '__' -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% do make_table(name ~ 'given', sql) %}
    {% do contract_edges(name) %}
    {% do split_contradictory_components(name) %}
    {% set components -%}
        select node_key as source_customer_key, component_key, {{ batch_number() }} as derived_in_batch
        from {{ name }}labels
    {%- endset %}
    {%- if known is none or should_full_refresh() -%}
        {% do drop_relation_if_exists(known) %}
        {% call statement('main') -%} create table {{ target }} as {{ components }} {%- endcall %}
    {%- else -%}
        {% do make_table(name ~ 'derived', components) %}
        {% call statement('main') -%}
            {{ get_incremental_replace_touched_sql({
                'target_relation': target, 'temp_relation': name ~ 'derived',
                'unique_key': config.get('unique_key'),
                'dest_columns': adapter.get_columns_in_relation(known),
            }) }}
        {%- endcall %}
    {%- endif -%}
    {% for part in ['given', 'labels', 'edges', 'picked', 'clusters', 'joins', 'derived'] %}
        {% do run_query('drop table if exists ' ~ name ~ part) %}
    {% endfor %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}
