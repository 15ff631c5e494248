{# what is known, as the numbers that the score weighs; null is neither for nor against #}
{% set terms = {
    'silence': 'ln(1 + silence_days)',
    'little_use': '-ln(1 + signs_30d)',
    'less_use': 'ln(1 + (signs_90d - signs_30d) / 2.0) - ln(1 + signs_30d)',
    'no_app': 'case when app_sessions_90d = 0 then 1 when app_sessions_90d > 0 then 0 end',
    'few_products': '-ln(1 + open_holdings)',
    'dormant_products': 'case when open_holdings > 0 then dormant_holdings * 1.0 / open_holdings end',
    'closed_product': 'case when closed_holdings > 0 then 1 else 0 end',
    'complaints': 'ln(1 + complaints_12m)',
    'short_tenure': '-ln(1 + tenure_days / 365.0)',
    'source_model': 'ln(told_chance / (1 - told_chance))',
} %}

with

features as (

    select
        *,
        -- certainty has no logarithm
        case
            when told_churn_probability is not null
                then cast(least(greatest(told_churn_probability, 0.0005), 0.98) as double)
        end as told_chance
    from {{ ref('silver_customer_churn_features') }}

),

final as (

    {% for term, expression in terms.items() %}
        select
            churn_score_key,
            '{{ term }}' as term,
            cast({{ expression }} as decimal(18, 9)) as term_value
        from features
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
