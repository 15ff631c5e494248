{% set measured = {
    'standing': [
        'household_key', 'household_role', 'lifecycle_stage', 'current_segment', 'segment_tier',
        'do_not_email', 'do_not_call', 'do_not_mail', 'has_any_consent',
    ],
    'holdings': [
        'primary_product', 'total_balance', 'total_deposits', 'total_loans', 'total_credit_limit',
        'last_transaction_date',
    ],
    'worth': [
        'total_revenue_ytd', 'total_revenue_ltm', 'profitability_score', 'customer_lifetime_value',
    ],
    'contacts': ['last_interaction_date', 'preferred_channel'],
    'quality': ['told_value_count', 'agreeing_value_count', 'data_quality_issues'],
} %}

with

final as (

    select
        customers.customer_key,
        customers.last_record_timestamp,
        {% for relation, columns in measured.items() %}
            {% for column in columns %}
                {{ relation }}.{{ column }},
            {% endfor %}
        {% endfor %}
        standing.has_marketing_consent as marketing_consent,
        standing.has_data_sharing_consent as data_sharing_consent,
        coalesce(holdings.total_products, 0) as total_products,
        coalesce(holdings.active_products, 0) as active_products,
        {{ dbt.datediff('contacts.last_interaction_date', 'build_dates.as_of', 'day') }}
            as days_since_last_interaction,
        {{ dbt.datediff('holdings.last_transaction_date', 'build_dates.as_of', 'day') }}
            as days_since_last_transaction,
        cast(contacts.nps_score as integer) as nps_score,
        cast(contacts.csat_score as decimal(5, 2)) as csat_score,
        case
            when contacts.csat_score >= 4 then 'satisfied'
            when contacts.csat_score >= 3 then 'neutral'
            when contacts.csat_score is not null then 'dissatisfied'
        end as satisfaction_band,
        coalesce(contacts.complaint_count_12m, 0) as complaint_count_12m,
        cast(round(100 * customers.match_confidence, 2) as decimal(5, 2))
            as identity_confidence_score,
        customers.match_method
    from {{ ref('int_golden_record__customers') }} as customers
    cross join {{ ref('int_core__build_dates') }} as build_dates
    {% for relation in measured %}
        left join {{ ref('int_golden_record__' ~ relation) }} as {{ relation }}
            on customers.customer_key = {{ relation }}.customer_key
    {% endfor %}

)

select * from final
