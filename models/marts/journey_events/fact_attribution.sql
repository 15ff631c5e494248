{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['conversion_key', 'touch_number', 'attribution_model'],
    meta={'touched_by': {'conversion_key': {'silver_attribution_paths': 'conversion_key'}}},
) }}
{% set models = [
    'first_touch', 'last_touch', 'last_non_direct', 'linear', 'time_decay', 'position_based', 'shapley',
    'markov'
] %}

-- Narrow, since a million conversions are twenty million rows; each model reads the paths itself,
-- since a CTE that eight read would be kept as a whole.
{% for model in models %}
    select
        paths.conversion_key,
        paths.touch_number,
        '{{ model }}' as attribution_model,
        {{ date_key('paths.conversion_timestamp') }} as conversion_date_key,
        case when paths.touch_kind = 'touchpoint' then paths.touch_key end as touchpoint_key,
        case when paths.touch_kind = 'web_session' then paths.touch_key end as session_key,
        paths.customer_key,
        paths.channel_key,
        paths.campaign_key,
        '{{ model }}' = '{{ var("attribution_default_model") }}' as is_default_model,
        '{{ var("attribution_path_transform") }}' as path_transform,
        paths.conversion_type,
        paths.touch_number < paths.touch_count as is_assist,
        {{ model }}_weight as attribution_weight,
        {{ model }}_revenue as attributed_revenue,
        paths.touch_timestamp,
        paths.conversion_timestamp
    from {{ ref('silver_attribution_paths') }} as paths
    {% if model == 'markov' %}
        inner join {{ ref('silver_attribution_markov') }} as markov
            on
                paths.conversion_key = markov.conversion_key
                and paths.touch_number = markov.touch_number
    {% else %}
        where
            {{ model }}_weight <> 0
            {% if is_incremental() %}
                and paths.conversion_key in ({{ touched('conversion_key') }})
            {% endif %}
        union all
    {% endif %}
{% endfor %}
