{% set models = [
    'first_touch', 'last_touch', 'last_non_direct', 'linear', 'time_decay', 'position_based', 'shapley'
] %}

-- Markov's part in what models agree on depends on all paths: made anew each time.
with

paths as (select * from {{ ref('silver_attribution_paths') }}),

markov as (select * from {{ ref('silver_attribution_markov') }}),

channels as (select * from {{ ref('dim_channel') }}),

gathered as (

    select
        paths.conversion_key,
        min(paths.customer_key) as customer_key,
        min(paths.visitor_key) as visitor_key,
        min(paths.conversion_type) as conversion_type,
        min(paths.conversion_class) as conversion_class,
        min(paths.conversion_value) as conversion_value,
        min(paths.conversion_timestamp) as conversion_timestamp,
        min(paths.touch_timestamp) as first_touch_timestamp,
        min_by(paths.channel_key, paths.touch_number) as first_channel_key,
        max_by(paths.channel_key, paths.touch_number) as last_channel_key,
        max(paths.touch_count) as touch_count,
        max(paths.node_count) as node_count,
        count(*) filter (where paths.touch_kind = 'touchpoint') as touchpoint_count,
        {{ joined_in_order('cast(paths.node_key as string)', ',', 'paths.touch_number') }} as nodes,
        {{ joined_in_order('channels.channel_name', ' > ', 'paths.touch_number') }}
            as channel_path,
        sum(least(
            {% for model in models %}
                paths.{{ model }}_weight,
            {% endfor %}
            markov.markov_weight
        )) as agreed_credit
    from paths
    inner join markov
        on
            paths.conversion_key = markov.conversion_key
            and paths.touch_number = markov.touch_number
    inner join channels on paths.channel_key = channels.channel_key
    group by paths.conversion_key

),

final as (

    select
        conversion_key,
        {{ date_key('conversion_timestamp') }} as conversion_date_key,
        customer_key,
        visitor_key,
        first_channel_key,
        last_channel_key,
        {{ surrogate_key(['nodes']) }} as path_hash,
        channel_path,
        conversion_type,
        conversion_class,
        touch_count,
        cast(touchpoint_count as integer) as touchpoint_count,
        case when touch_count = 0 then 0 else node_count end as channel_count,
        cast(floor(
            {{ seconds_between('first_touch_timestamp', 'conversion_timestamp') }}
        ) as bigint) as seconds_to_conversion,
        case when touch_count > 0 then cast(agreed_credit as decimal(11, 10)) end as agreed_credit,
        conversion_value,
        1 as conversion_count,
        first_touch_timestamp,
        conversion_timestamp
    from gathered

)

select * from final
