{% set models = [
    'first_touch', 'last_touch', 'last_non_direct', 'linear', 'time_decay', 'position_based', 'shapley',
    'markov'
] %}
{% set pairs = [] %}
{% for one in models %}
    {% for other in models[loop.index:] %}{% do pairs.append([one, other]) %}{% endfor %}
{% endfor %}

with

credits as (

    select
        paths.*,
        markov.markov_weight
    from {{ ref('silver_attribution_paths') }} as paths
    inner join {{ ref('silver_attribution_markov') }} as markov
        on
            paths.conversion_key = markov.conversion_key
            and paths.touch_number = markov.touch_number
    where paths.touch_key <> -1

),

compared as (

    select
        cast(conversion_timestamp as date) as conversion_date,
        conversion_type,
        {% for one, other in pairs %}
            sum(least({{ one }}_weight, {{ other }}_weight)) as {{ one }}_and_{{ other }},
        {% endfor %}
        count(distinct conversion_key) as conversion_count
    from credits
    group by cast(conversion_timestamp as date), conversion_type

),

by_pair as (

    {% for one, other in pairs %}
        select
            conversion_date,
            conversion_type,
            '{{ one }}' as one_model,
            '{{ other }}' as other_model,
            {{ one }}_and_{{ other }} as shared_credit,
            conversion_count
        from compared
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        {{ surrogate_key(['conversion_date', 'conversion_type', 'one_model', 'other_model']) }}
            as attribution_overlap_key,
        {{ date_key('conversion_date') }} as conversion_date_key,
        one_model,
        other_model,
        conversion_type,
        cast(shared_credit as decimal(28, 10)) as shared_credit,
        cast(conversion_count as integer) as conversion_count,
        conversion_date
    from by_pair

)

select * from final
