{% set booleans = [
    'is_vip', 'is_deceased', 'is_do_not_contact', 'is_do_not_email', 'is_do_not_call',
    'is_do_not_mail',
] %}
{% set known = [
    'golden_id', 'source_systems', 'source_customer_ids', 'is_inferred', 'latest_source_system',
    'source_system_count', 'source_customer_count',
] %}

with

weights as (

    select sum(completeness_weight) as total_weight from {{ ref('survivorship_rules') }}

),

-- what is first known of a customer is taken to hold from their first sign on, so that every event
-- meets a version
versions as (

    select
        states.*,
        customers.customer_key as golden_customer_key,
        {% for column in known %}
            customers.{{ column }},
        {% endfor %}
        customers.first_evidence_timestamp,
        case
            when
                row_number() over (
                    partition by customers.customer_key order by states.effective_from
                ) = 1
                then customers.first_evidence_timestamp
            else states.effective_from
        end as known_from,
        coalesce(cast(states.effective_to as date), build_dates.as_of) as known_on
    from {{ ref('int_golden_record__customers') }} as customers
    cross join {{ ref('int_core__build_dates') }} as build_dates
    left join {{ ref('int_golden_record__versions') }} as states
        on customers.customer_key = states.customer_key

),

aged as (

    select
        *,
        cast(date_of_birth as date) as birth_date,
        cast(customer_since_date as date) as since_date,
        cast(annual_income as decimal(18, 2)) as income,
        {{ plain_words('last_name') }} as plain_last_name,
        {% for months, since in {
            'months_old': 'date_of_birth', 'months_with_us': 'customer_since_date',
        }.items() %}
            (extract(year from known_on) - extract(year from cast({{ since }} as date))) * 12
            + extract(month from known_on) - extract(month from cast({{ since }} as date))
            - case
                when extract(day from known_on) < extract(day from cast({{ since }} as date))
                    then 1
                else 0
            end as {{ months }},
        {% endfor %}
        coalesce(effective_from, known_from) as changed_at
    from versions

),

final as (

    select
        {{ surrogate_key(['aged.golden_customer_key', 'aged.known_from']) }}
            as customer_version_key,
        aged.golden_customer_key as customer_key,
        {% for column in known %}
            aged.{{ column }},
        {% endfor %}
        aged.customer_type,
        aged.customer_status,
        aged.first_name,
        aged.middle_name,
        aged.last_name,
        nullif(
            concat_ws(' ', aged.first_name, aged.middle_name, aged.last_name, aged.name_suffix), ''
        ) as full_name,
        case when aged.plain_last_name <> '' then {{ soundex('aged.plain_last_name') }} end
            as name_soundex,
        aged.birth_date as date_of_birth,
        case when aged.months_old >= 0 then cast(floor(aged.months_old / 12) as integer) end
            as age,
        extract(year from aged.birth_date) as birth_year,
        aged.ssn_last_four,
        repeat('*', length(aged.tax_id) - 4) || right(aged.tax_id, 4) as tax_id_masked,
        aged.gender,
        aged.email_address as email_primary,
        aged.is_email_address_verified as email_verified,
        aged.phone_primary,
        aged.is_phone_primary_verified as phone_primary_verified,
        aged.phone_mobile,
        aged.is_phone_mobile_verified as phone_mobile_verified,
        aged.address_line1,
        aged.address_line2,
        aged.city,
        aged.state,
        aged.zip_code,
        aged.country,
        aged.latitude,
        aged.longitude,
        case when aged.address_line1 is not null then aged.is_address_verified end
            as address_verified,
        case when aged.address_line1 is not null then aged.address_key is not null end
            as address_standardized,
        aged.is_mailing_same_as_physical as mailing_same_as_physical,
        aged.employment_status,
        aged.employer_name,
        aged.occupation,
        aged.income as annual_income,
        aged.citizenship,
        aged.language_preference,
        aged.marital_status,
        cast(aged.number_of_dependents as integer) as number_of_dependents,
        aged.education_level,
        aged.since_date as customer_since_date,
        cast({{ within('aged.months_with_us', 0, 9999) }} as integer) as customer_tenure_months,
        cast(floor({{ within('aged.months_with_us', 0, 9999) }} / 12) as integer)
            as customer_tenure_years,
        aged.risk_rating,
        aged.kyc_status,
        aged.kyc_last_updated,
        cast(aged.aml_risk_score as decimal(5, 2)) as aml_risk_score,
        {% for column in booleans %}
            cast(aged.{{ column }} as boolean) as {{ column }},
        {% endfor %}
        aged.deceased_date,
        cast(
            round(100.0 * coalesce(aged.completeness_points, 0) / weights.total_weight, 2)
            as decimal(5, 2)
        ) as profile_completeness,
        aged.first_evidence_timestamp as created_timestamp,
        aged.changed_at as updated_timestamp,
        aged.known_from as effective_from,
        aged.effective_to,
        aged.effective_to is null as is_current,
        lpad(lower(hex(coalesce(aged.state_key, -1))), 16, '0') as record_hash
    from aged
    cross join weights

)

select * from final
