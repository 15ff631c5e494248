{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['conversion_key', 'touch_key'],
    meta={
        'touched_by': {'conversion_key': {'int_attribution__paths': 'conversion_key'}},
        'units': ['conversion_key', 'touch_key'],
    },
) }}
{% set models = [
    'first_touch', 'last_touch', 'last_non_direct', 'linear', 'time_decay', 'position_based', 'shapley'
] %}
{% set half_life = var("attribution_half_life_seconds") %}
{# of the first touch, the last, and those between #}
{% set shares = var("attribution_position_weights") %}

with

paths as (

    select
        *,
        -- against the last touch, so that of an old path something is left; decimals, since the sum
        -- of doubles depends on their order
        cast(
            power(0.5e0, coalesce(seconds_before_last_touch, 0) / {{ half_life }})
            as decimal(18, 17)
        ) as decayed,
        cast(1e0 / node_touches as decimal(18, 17)) as share_of_node
    from {{ ref('int_attribution__paths') }}
    {% if is_incremental() %}
        where conversion_key in ({{ touched('conversion_key') }})
    {% endif %}

),

running as (

    select
        *,
        sum(decayed) over so_far as decayed_so_far,
        sum(decayed) over whole_path as decayed_in_all,
        sum(share_of_node) over so_far as nodes_so_far,
        sum(share_of_node) over whole_path as nodes_in_all,
        max(case when is_direct then 0 else touch_number end) over whole_path
            as last_non_direct_number
    from paths
    -- one order for both, so that it is sorted once
    window
        so_far as (
            partition by conversion_key order by touch_number
            rows between unbounded preceding and current row
        ),
        whole_path as (
            partition by conversion_key order by touch_number
            rows between unbounded preceding and unbounded following
        )

),

-- the part of the credit that the touches up to this one have, and those before it
so_far as (

    select
        *,
        {% for moment, number, decayed, nodes in [
            ('so_far', 'touch_number', 'decayed_so_far', 'nodes_so_far'),
            ('before', '(touch_number - 1)', 'decayed_so_far - decayed', 'nodes_so_far - share_of_node'),
        ] %}
            case when {{ number }} >= 1 then 1 else 0 end as first_touch_{{ moment }},
            case when {{ number }} = touch_count then 1 else 0 end as last_touch_{{ moment }},
            case
                when {{ number }} = touch_count then 1
                when last_non_direct_number > 0 and {{ number }} >= last_non_direct_number then 1
                else 0
            end as last_non_direct_{{ moment }},
            {{ number }} * 1e0 / touch_count as linear_{{ moment }},
            case
                when {{ number }} = touch_count then 1
                else cast({{ decayed }} as double) / cast(decayed_in_all as double)
            end as time_decay_{{ moment }},
            case
                when {{ number }} = touch_count then 1
                when {{ number }} = 0 then 0
                when touch_count = 2
                    then {{ shares[0] }} * 1e0 / ({{ shares[0] }} + {{ shares[1] }})
                else
                    {{ shares[0] }}
                    + {{ shares[2] }} * 1e0 * ({{ number }} - 1) / (touch_count - 2)
            end as position_based_{{ moment }},
            case
                when {{ number }} = touch_count then 1
                else cast({{ nodes }} as double) / cast(nodes_in_all as double)
            end as shapley_{{ moment }},
        {% endfor %}
        cast(round(nodes_in_all) as integer) as node_count
    from running

),

rounded as (

    select
        {% for model in models %}
            {% for moment in ['so_far', 'before'] %}
                cast({{ model }}_{{ moment }} as decimal(11, 10)) as {{ model }}_{{ moment }}_exact,
            {% endfor %}
        {% endfor %}
        *
    from so_far

),

-- what is rounded adds up: the weights make 1 and the revenue the conversion's value, exactly
final as (

    select
        conversion_key,
        touch_key,
        customer_key,
        visitor_key,
        conversion_type,
        conversion_class,
        touch_kind,
        channel_key,
        campaign_key,
        node_key,
        previous_node_key,
        touch_number,
        case when touch_key = -1 then 0 else touch_count end as touch_count,
        node_touches,
        node_count,
        {% for model in models %}
            cast(
                {{ model }}_so_far_exact - {{ model }}_before_exact as decimal(11, 10)
            ) as {{ model }}_weight,
            cast(
                round(conversion_value * {{ model }}_so_far_exact, 2)
                - round(conversion_value * {{ model }}_before_exact, 2) as decimal(18, 2)
            ) as {{ model }}_revenue,
        {% endfor %}
        conversion_value,
        touch_timestamp,
        conversion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from rounded

)

select * from final
