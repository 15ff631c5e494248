{% set measured = {
    'standing': [
        'household_key', 'household_role', 'lifecycle_stage', 'current_segment', 'segment_tier',
        'do_not_email', 'do_not_call', 'do_not_mail', 'has_any_consent',
    ],
    'holdings': [
        'primary_product', 'total_balance', 'total_deposits', 'total_loans', 'total_credit_limit',
    ],
    'worth': [
        'total_revenue_ytd', 'total_revenue_ltm', 'profitability_score', 'customer_lifetime_value',
    ],
    'engagement': [
        'digital_adoption_score', 'mobile_app_user', 'online_banking_user', 'preferred_channel',
        'last_interaction_date', 'days_since_last_interaction', 'nps_score', 'csat_score',
        'satisfaction_band', 'complaint_count_12m', 'marketing_consent', 'data_sharing_consent',
    ],
    'quality': [
        'told_value_count', 'agreeing_value_count', 'attribute_count', 'missing_attribute_count',
        'issue_count', 'data_quality_issues',
    ],
} %}

with

final as (

    select
        customers.customer_key,
        customers.last_record_timestamp,
        build_dates.as_of as as_of_date,
        {{ dbt.datediff(
            'cast(customers.last_record_timestamp as date)', 'build_dates.as_of', 'day'
        ) }} as days_since_last_record,
        {% for relation, columns in measured.items() %}
            {% for column in columns %}
                {{ relation }}.{{ column }},
            {% endfor %}
        {% endfor %}
        coalesce(holdings.total_products, 0) as total_products,
        coalesce(holdings.active_products, 0) as active_products,
        -- products know of transactions that nothing else tells
        greatest(holdings.last_transaction_date, engagement.last_transaction_date)
            as last_transaction_date,
        {{ dbt.datediff(
            'greatest(holdings.last_transaction_date, engagement.last_transaction_date)',
            'build_dates.as_of', 'day'
        ) }} as days_since_last_transaction,
        cast(churn.churn_risk_score as decimal(5, 2)) as churn_risk_score,
        churn.churn_risk_band,
        cast(round(100 * customers.match_confidence, 2) as decimal(5, 2))
            as identity_confidence_score,
        customers.match_method
    from {{ ref('int_golden_record__customers') }} as customers
    cross join {{ ref('int_core__build_dates') }} as build_dates
    left join {{ ref('silver_customer_engagement') }} as engagement
        on customers.customer_key = engagement.customer_key
    left join {{ ref('silver_customer_churn_scores') }} as churn
        on customers.customer_key = churn.customer_key and churn.is_build_date
    {% for relation in ['standing', 'holdings', 'worth', 'quality'] %}
        left join {{ ref('int_golden_record__' ~ relation) }} as {{ relation }}
            on customers.customer_key = {{ relation }}.customer_key
    {% endfor %}

)

select * from final
