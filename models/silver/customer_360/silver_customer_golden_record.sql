{% set attributes = [
    'customer_version_key', 'customer_key', 'customer_type',
    'customer_status', 'first_name', 'middle_name', 'last_name', 'full_name', 'name_soundex',
    'date_of_birth', 'age', 'age_group', 'generation', 'ssn_last_four', 'tax_id_masked', 'gender',
    'email_primary', 'email_verified', 'phone_primary', 'phone_primary_verified', 'phone_mobile',
    'phone_mobile_verified', 'address_line1', 'address_line2', 'city', 'state', 'zip_code',
    'country', 'latitude', 'longitude', 'address_verified', 'address_standardized',
    'mailing_same_as_physical', 'employment_status', 'employer_name', 'occupation',
    'annual_income', 'income_bracket', 'citizenship', 'language_preference', 'marital_status',
    'number_of_dependents', 'education_level', 'customer_since_date', 'customer_tenure_months',
    'customer_tenure_years', 'risk_rating', 'kyc_status', 'kyc_last_updated', 'aml_risk_score',
    'deceased_date', 'source_systems', 'source_customer_ids', 'is_inferred',
    'latest_source_system', 'source_system_count', 'source_customer_count',
    'profile_completeness', 'created_timestamp', 'updated_timestamp', 'effective_from',
    'effective_to', 'is_current', 'record_hash',
] %}
{% set age_groups = {
    18: 'under 18', 25: '18-24', 35: '25-34', 45: '35-44', 55: '45-54', 65: '55-64', 130: '65+'
} %}
{# first year of birth of the next one, after Pew Research Center (2019) #}
{% set generations = {
    1928: 'greatest', 1946: 'silent', 1965: 'baby boomer', 1981: 'x', 1997: 'millennial',
    2013: 'z', 9999: 'alpha',
} %}
{% set income_brackets = {
    25000: 'under 25k', 50000: '25k-50k', 75000: '50k-75k', 100000: '75k-100k',
    150000: '100k-150k', 250000: '150k-250k', 1000000000000: '250k and over',
} %}

with

versions as (select * from {{ ref('int_golden_record__dated') }}),

banded as (

    select
        *,
        {% for band, (column, bounds) in {
            'age_group': ('age', age_groups),
            'generation': ('birth_year', generations),
            'income_bracket': ('annual_income', income_brackets),
        }.items() %}
            case
                {% for bound, name in bounds.items() %}
                    when {{ column }} < {{ bound }} then '{{ name }}'
                {% endfor %}
            end as {{ band }},
        {% endfor %}
        case when email_verified then 1 else 0 end
        + case when phone_primary_verified then 1 else 0 end
        + case when phone_mobile_verified then 1 else 0 end as verified_contacts,
        case when email_primary is null then 0 else 1 end
        + case when phone_primary is null then 0 else 1 end
        + case when phone_mobile is null then 0 else 1 end as told_contacts
    from versions

),

-- what is measured today stands on today's row only
final as (

    select
        {% for column in attributes %}
            banded.{{ column }},
        {% endfor %}
        banded.golden_id as golden_customer_id,
        today.household_key,
        today.household_role,
        today.lifecycle_stage,
        today.current_segment,
        today.segment_tier,
        banded.is_vip as vip_flag,
        banded.is_deceased as deceased_flag,
        banded.is_do_not_contact as do_not_contact_flag,
        {% for wish in ['do_not_email', 'do_not_call', 'do_not_mail'] %}
            coalesce(
                banded.is_{{ wish }} or today.{{ wish }}, banded.is_{{ wish }}, today.{{ wish }}
            ) as {{ wish }}_flag,
        {% endfor %}
        today.marketing_consent,
        today.data_sharing_consent,
        today.has_any_consent,
        today.total_products,
        today.active_products,
        today.primary_product,
        today.total_balance,
        today.total_deposits,
        today.total_loans,
        today.total_credit_limit,
        today.total_revenue_ytd,
        today.total_revenue_ltm,
        today.profitability_score,
        today.customer_lifetime_value,
        today.churn_risk_score,
        today.churn_risk_band,
        today.last_interaction_date,
        today.last_transaction_date,
        cast(today.days_since_last_interaction as integer) as days_since_last_interaction,
        cast(today.days_since_last_transaction as integer) as days_since_last_transaction,
        cast(today.nps_score as integer) as nps_score,
        cast(today.csat_score as decimal(5, 2)) as csat_score,
        today.satisfaction_band,
        cast(today.complaint_count_12m as integer) as complaint_count_12m,
        cast(today.digital_adoption_score as decimal(5, 2)) as digital_adoption_score,
        today.mobile_app_user,
        today.online_banking_user,
        today.preferred_channel,
        today.identity_confidence_score,
        today.match_method,
        today.told_value_count,
        today.agreeing_value_count,
        today.attribute_count,
        today.missing_attribute_count,
        today.issue_count,
        today.data_quality_issues,
        today.as_of_date,
        today.last_record_timestamp,
        cast(today.days_since_last_record as integer) as days_since_last_record,
        -- complete by half, in agreement by three tenths, and proven
        case
            when banded.is_current
                then cast(round(
                    0.5 * banded.profile_completeness
                    + case
                        when today.told_value_count > 0
                            then 30.0 * today.agreeing_value_count / today.told_value_count
                        else 0
                    end
                    + case
                        when banded.told_contacts > 0
                            then 20.0 * banded.verified_contacts / banded.told_contacts
                        else 0
                    end, 2
                ) as decimal(5, 2))
        end as data_quality_score
    from banded
    left join {{ ref('int_golden_record__today') }} as today
        on banded.customer_key = today.customer_key and banded.is_current

)

select * from final
