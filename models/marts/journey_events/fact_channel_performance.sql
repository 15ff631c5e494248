{% set models = [
    'first_touch', 'last_touch', 'last_non_direct', 'linear', 'time_decay', 'position_based', 'shapley',
    'markov'
] %}
{% set default_model = var("attribution_default_model") %}

-- What was spent on a day and what was earned on it: one window for both, and channels that earned
-- nothing keep what they cost.
with

credits as (

    select
        paths.*,
        markov.markov_weight,
        markov.markov_revenue
    from {{ ref('silver_attribution_paths') }} as paths
    inner join {{ ref('silver_attribution_markov') }} as markov
        on
            paths.conversion_key = markov.conversion_key
            and paths.touch_number = markov.touch_number

),

spent as (

    select
        touchpoint_date as performance_date,
        channel_key,
        campaign_key,
        count(*) as touchpoint_count,
        sum(case when clicked_flag and not is_bot_click then 1 else 0 end) as click_count,
        sum(coalesce(cost, 0)) as cost
    from {{ ref('silver_touchpoints') }}
    where not is_held_out
    group by touchpoint_date, channel_key, campaign_key

),

earned as (

    select
        cast(conversion_timestamp as date) as performance_date,
        channel_key,
        {% for model in models %}
            sum({{ model }}_weight) as {{ model }}_conversions,
            sum(case when conversion_type = 'purchase' then {{ model }}_weight else 0 end)
                as {{ model }}_purchases,
            sum(case when conversion_type = 'purchase' then {{ model }}_revenue else 0 end)
                as {{ model }}_revenue,
        {% endfor %}
        campaign_key
    from credits
    group by cast(conversion_timestamp as date), channel_key, campaign_key

),

final as (

    select
        {{ surrogate_key([
            'coalesce(spent.performance_date, earned.performance_date)',
            'coalesce(spent.channel_key, earned.channel_key)',
            'coalesce(spent.campaign_key, earned.campaign_key)',
        ]) }} as channel_performance_key,
        {{ date_key('coalesce(spent.performance_date, earned.performance_date)') }}
            as performance_date_key,
        coalesce(spent.channel_key, earned.channel_key) as channel_key,
        coalesce(spent.campaign_key, earned.campaign_key) as campaign_key,
        cast(coalesce(spent.touchpoint_count, 0) as integer) as touchpoint_count,
        cast(coalesce(spent.click_count, 0) as integer) as click_count,
        cast(coalesce(spent.cost, 0) as decimal(18, 2)) as cost,
        cast(coalesce(earned.{{ default_model }}_conversions, 0) as decimal(28, 10))
            as attributed_conversions,
        cast(coalesce(earned.{{ default_model }}_purchases, 0) as decimal(28, 10))
            as attributed_purchases,
        cast(coalesce(earned.{{ default_model }}_revenue, 0) as decimal(18, 2))
            as attributed_revenue,
        {% for model in models %}
            cast(coalesce(earned.{{ model }}_conversions, 0) as decimal(28, 10))
                as {{ model }}_conversions,
            cast(coalesce(earned.{{ model }}_purchases, 0) as decimal(28, 10))
                as {{ model }}_purchases,
            cast(coalesce(earned.{{ model }}_revenue, 0) as decimal(18, 2)) as {{ model }}_revenue,
        {% endfor %}
        coalesce(spent.performance_date, earned.performance_date) as performance_date
    from spent
    full outer join earned
        on
            spent.performance_date = earned.performance_date
            and spent.channel_key = earned.channel_key
            and spent.campaign_key = earned.campaign_key

)

select * from final
