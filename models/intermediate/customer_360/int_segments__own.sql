{# what must be told by a day, that the segmentation can tell anything of it #}
{% set schemes = {
    'rfm': 'is_observed', 'value_tier': 'is_measured', 'engagement_tier': 'is_observed',
    'life_stage': 'true', 'behaviour_cluster': 'is_observed',
} %}

with

-- before the first event nobody is silent, and before the first measurement nobody without value
customers as (

    select
        *,
        count(revenue) over (partition by as_of_date) > 0 as is_measured
    from {{ ref('int_segments__customers') }}

),

-- rank among those who have any, so that it does not matter how many have none
ranked as (

    select
        customer_key,
        as_of_date,
        percent_rank() over (partition by as_of_date order by recency_days desc) as recency_rank,
        percent_rank() over (partition by as_of_date order by transaction_count) as frequency_rank,
        percent_rank() over (partition by as_of_date order by amount) as amount_rank
    from customers
    where transaction_count > 0

),

-- fifths, 5 is best
scored as (

    select
        customer_key,
        as_of_date,
        cast(least(floor(recency_rank * 5) + 1, 5) as integer) as recency_score,
        cast(least(floor(frequency_rank * 5) + 1, 5) as integer) as frequency_score,
        cast(least(floor(amount_rank * 5) + 1, 5) as integer) as amount_score
    from ranked

),

earning as (

    select
        customer_key,
        as_of_date,
        percent_rank() over (partition by as_of_date order by revenue desc) as revenue_rank
    from customers
    where revenue > 0

),

segmented as (

    select
        customers.customer_key,
        customers.as_of_date,
        customers.is_observed,
        customers.is_measured,
        case
            when scored.customer_key is null then 'rfm_none'
            when
                scored.recency_score >= 4
                and scored.frequency_score + scored.amount_score >= 8 then 'rfm_champions'
            when scored.recency_score >= 3 and scored.frequency_score >= 4 then 'rfm_loyal'
            when scored.recency_score >= 4 then 'rfm_promising'
            when scored.recency_score = 3 then 'rfm_attention'
            when scored.frequency_score >= 3 or scored.amount_score >= 3 then 'rfm_at_risk'
            else 'rfm_hibernating'
        end as rfm,
        100 * scored.recency_score + 10 * scored.frequency_score + scored.amount_score as rfm_score,
        case
            when earning.customer_key is null then 'value_none'
            when earning.revenue_rank < 0.1 then 'value_top'
            when earning.revenue_rank < 0.3 then 'value_high'
            when earning.revenue_rank < 0.7 then 'value_medium'
            else 'value_low'
        end as value_tier,
        case
            when customers.active_day_count >= {{ var("engagement_high_days") }}
                then 'engagement_high'
            when customers.active_day_count >= {{ var("engagement_medium_days") }}
                then 'engagement_medium'
            when customers.active_day_count > 0 then 'engagement_low'
            else 'engagement_none'
        end as engagement_tier,
        case
            when customers.age < 30 then 'life_starter'
            when customers.age < 45 then 'life_builder'
            when customers.age < 60 then 'life_established'
            when customers.age < 70 then 'life_retiring'
            when customers.age >= 70 then 'life_retired'
        end as life_stage,
        case
            when customers.online_count + customers.personal_count > 0
                then case
                    when customers.personal_count = 0 then 'cluster_digital'
                    when customers.personal_count >= customers.online_count then 'cluster_branch'
                    else 'cluster_mixed'
                end
            when customers.recent_transaction_count > 0 then 'cluster_spender'
            else 'cluster_quiet'
        end as behaviour_cluster
    from customers
    left join scored
        on
            customers.customer_key = scored.customer_key
            and customers.as_of_date = scored.as_of_date
    left join earning
        on
            customers.customer_key = earning.customer_key
            and customers.as_of_date = earning.as_of_date

),

final as (

    {% for scheme, condition in schemes.items() %}
        select
            customer_key,
            as_of_date,
            '{{ scheme }}' as segment_scheme,
            {{ scheme }} as segment_code,
            {{ 'rfm_score' if scheme == 'rfm' else 'null' }} as rfm_score
        from segmented
        where {{ scheme }} is not null and {{ condition }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from final
