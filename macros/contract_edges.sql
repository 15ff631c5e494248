{# Of <name>given (see connected_components): <name>labels, node_key and component_key. #}
{% macro contract_edges(name) -%}
    {% do make_table(name ~ 'labels', 'select distinct left_key as node_key, left_key as component_key from ' ~ name ~ 'given where left_key = right_key') %}
    {% set links = name ~ 'given where left_key <> right_key and not is_contradiction' %}
    {% do make_table(name ~ 'edges', 'select left_key as a, right_key as b from ' ~ links ~ ' union select right_key, left_key from ' ~ links) %}
    {% set ns = namespace(left=row_exists(name ~ 'edges'), round=0) %}
    {% for attempt in range(config.get('max_rounds', 60)) if ns.left %}
        {% set ns.round = ns.round + 1 %}
        {% set rank_a, rank_b = random_rank('a', ns.round), random_rank('b', ns.round) %}
        {% do make_table(name ~ 'picked', 'select a as node_key, case when min(' ~ rank_b ~ ') < min(' ~ rank_a ~ ') then ' ~ value_at_least('b', rank_b) ~ ' else a end as becomes from ' ~ name ~ 'edges group by a') %}
        {# who was picked may itself have become another: two steps on, so that chains shorten at once #}
        {% for step in range(2) %}
            {% do make_table(name ~ 'picked', 'select p.node_key, coalesce(q.becomes, p.becomes) as becomes from ' ~ name ~ 'picked as p left join ' ~ name ~ 'picked as q on p.becomes = q.node_key') %}
        {% endfor %}
        {% do make_table(name ~ 'labels', 'select l.node_key, coalesce(p.becomes, l.component_key) as component_key from ' ~ name ~ 'labels as l left join ' ~ name ~ 'picked as p on l.component_key = p.node_key') %}
        {% do make_table(name ~ 'edges', 'select distinct x.becomes as a, y.becomes as b from ' ~ name ~ 'edges as e inner join ' ~ name ~ 'picked as x on e.a = x.node_key inner join ' ~ name ~ 'picked as y on e.b = y.node_key where x.becomes <> y.becomes') %}
        {% set ns.left = row_exists(name ~ 'edges') %}
    {% endfor %}
    {% if ns.left %}
        {{ exceptions.raise_compiler_error(
            this.identifier ~ ': components did not converge in ' ~ ns.round ~ ' rounds. Nothing was written; '
            ~ 'raise max_rounds in the config of the model.'
        ) }}
    {% endif %}
    {% do make_table(name ~ 'labels', 'select node_key, min(node_key) over (partition by component_key) as component_key from ' ~ name ~ 'labels') %}
{%- endmacro %}

{% macro row_exists(table) -%}
    {{ return(run_query('select 1 as found from ' ~ table ~ ' limit 1').rows | length > 0) }}
{%- endmacro %}

{# `sql` may read the table that it replaces. #}
{% macro make_table(table, sql) -%}
    {% do run_query('drop table if exists ' ~ table ~ '_new') %}
    {% do run_query('create table ' ~ table ~ '_new as ' ~ sql) %}
    {% do run_query('drop table if exists ' ~ table) %}
    {% do run_query('alter table ' ~ table ~ '_new rename to ' ~ table.split('.') | last) %}
{%- endmacro %}

{# A number that orders keys anew in each round. #}
{% macro random_rank(key, round) -%}
    {{ return(adapter.dispatch('random_rank', 'customer_analytics')(key, round)) }}
{%- endmacro %}

{% macro default__random_rank(key, round) -%}
    {{ return('hash(' ~ key ~ ', ' ~ round ~ ')') }}
{%- endmacro %}

{% macro spark__random_rank(key, round) -%}
    {{ return('xxhash64(' ~ key ~ ', ' ~ round ~ ')') }}
{%- endmacro %}

{# `value` of the row where `rank` is least. #}
{% macro value_at_least(value, rank) -%}
    {{ return('min_by(' ~ value ~ ', ' ~ rank ~ ')') }}
{%- endmacro %}
