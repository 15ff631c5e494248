{# Components of <name>labels that hold a contradiction, or more keys than identity_component_records, are
   put together anew, the heaviest link first: a link between two clusters that contradict each other,
   or that would make one too large, is not taken, unless it weighs identity_certain_bits or more. In
   each round two clusters join if each is the other's heaviest link, which is what one link after the
   other would do: the heaviest of all is always taken, so it ends. #}
{% macro split_contradictory_components(name) -%}
    {% set ns = namespace(left=true, round=0) %}
    {% do make_table(name ~ 'clusters', 'with sized as (select *, count(*) over (partition by component_key) as component_size from ' ~ name ~ 'labels) select node_key, component_key, node_key as cluster_key from sized where component_size > ' ~ var('identity_component_records') ~ ' or component_key in (select l.component_key from ' ~ name ~ 'given as g inner join ' ~ name ~ 'labels as l on g.left_key = l.node_key inner join ' ~ name ~ 'labels as r on g.right_key = r.node_key and l.component_key = r.component_key where g.is_contradiction)') %}
    {% for attempt in range(config.get('max_cluster_rounds', 1000)) if ns.left %}
        {% set ns.round = ns.round + 1 %}
        {% do make_table(name ~ 'joins', joins_of_clusters(name)) %}
        {% set ns.left = row_exists(name ~ 'joins') %}
        {% do make_table(name ~ 'clusters', 'select c.node_key, c.component_key, coalesce(j.becomes, c.cluster_key) as cluster_key from ' ~ name ~ 'clusters as c left join ' ~ name ~ 'joins as j on c.cluster_key = j.cluster_key') %}
    {% endfor %}
    {% if ns.left %}
        {{ exceptions.raise_compiler_error(
            this.identifier ~ ': contradictory components were not settled in ' ~ ns.round ~ ' rounds. Nothing was '
            ~ 'written; raise max_cluster_rounds in the config of the model.'
        ) }}
    {% endif %}
    {% do make_table(name ~ 'labels', 'select l.node_key, coalesce(min(c.node_key) over (partition by c.cluster_key), l.component_key) as component_key from ' ~ name ~ 'labels as l left join ' ~ name ~ 'clusters as c on l.node_key = c.node_key') %}
{%- endmacro %}

{# Clusters that are each other's heaviest link, and what they become. #}
{% macro joins_of_clusters(name) -%}
    with allowed as (

        {{ allowed_joins(name) }}

    ),

    both_ways as (

        select one_key as cluster_key, other_key, match_weight, one_key, other_key as last_key from allowed
        union all
        select other_key, one_key, match_weight, one_key, other_key from allowed

    ),

    preferred as (

        select * from both_ways
        qualify row_number() over (
            partition by cluster_key order by match_weight desc, one_key, last_key
        ) = 1

    )

    select ours.cluster_key, least(ours.cluster_key, ours.other_key) as becomes
    from preferred as ours
    inner join preferred as theirs
        on ours.other_key = theirs.cluster_key and theirs.other_key = ours.cluster_key
{%- endmacro %}

{# Links between clusters that may be taken. #}
{% macro allowed_joins(name) -%}
    with sizes as (

        select cluster_key, count(*) as cluster_size from {{ name }}clusters group by cluster_key

    ),

    between_clusters as (

        select
            g.*,
            least(l.cluster_key, r.cluster_key) as one_key,
            greatest(l.cluster_key, r.cluster_key) as other_key
        from {{ name }}given as g
        inner join {{ name }}clusters as l on g.left_key = l.node_key
        inner join {{ name }}clusters as r on g.right_key = r.node_key
        where l.cluster_key <> r.cluster_key

    ),

    heaviest as (

        select one_key, other_key, max(match_weight) filter (where not is_contradiction) as match_weight
        from between_clusters
        group by one_key, other_key
        having
            max(match_weight) filter (where not is_contradiction) >= {{ var('identity_certain_bits') }}
            and not bool_or(is_contradiction and match_weight >= 1000)
            or not bool_or(is_contradiction)

    )

    select heaviest.*
    from heaviest
    inner join sizes as ours on heaviest.one_key = ours.cluster_key
    inner join sizes as theirs on heaviest.other_key = theirs.cluster_key
    where heaviest.match_weight >= {{ var('identity_certain_bits') }}
        or ours.cluster_size + theirs.cluster_size <= {{ var('identity_component_records') }}
{%- endmacro %}
