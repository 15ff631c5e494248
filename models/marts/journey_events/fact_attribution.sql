{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['conversion_key', 'touch_number', 'attribution_model'],
    meta={'touched_by': {'conversion_key': {'silver_attribution_paths': 'conversion_key'}}},
) }}

with

paths as (

    select * from {{ ref('silver_attribution_paths') }}
    {% if is_incremental() %}
        where conversion_key in ({{ touched('conversion_key') }})
    {% endif %}

),

all_paths as (select * from {{ ref('silver_attribution_paths') }}),

markov as (select * from {{ ref('silver_attribution_markov') }}),

credits as (

    {% for model in [
        'first_touch', 'last_touch', 'last_non_direct', 'linear', 'time_decay', 'position_based', 'shapley'
    ] %}
        select
            *,
            '{{ model }}' as attribution_model,
            {{ model }}_weight as attribution_weight,
            {{ model }}_revenue as attributed_revenue
        from paths
        where {{ model }}_weight <> 0
        union all
    {% endfor %}
    select
        all_paths.*,
        'markov' as attribution_model,
        markov.markov_weight as attribution_weight,
        markov.markov_revenue as attributed_revenue
    from all_paths
    inner join markov
        on
            all_paths.conversion_key = markov.conversion_key
            and all_paths.touch_key = markov.touch_key

),

final as (

    select
        conversion_key,
        touch_number,
        attribution_model,
        {{ date_key('conversion_timestamp') }} as conversion_date_key,
        case when touch_kind = 'touchpoint' then touch_key end as touchpoint_key,
        case when touch_kind = 'web_session' then touch_key end as session_key,
        customer_key,
        visitor_key,
        channel_key,
        campaign_key,
        '{{ var("attribution_path_transform") }}' as path_transform,
        conversion_type,
        conversion_class,
        coalesce(touch_kind, '(none)') as touch_kind,
        touch_count,
        touch_number < touch_count as is_assist,
        attribution_weight,
        attributed_revenue,
        touch_timestamp,
        conversion_timestamp
    from credits

)

select * from final
