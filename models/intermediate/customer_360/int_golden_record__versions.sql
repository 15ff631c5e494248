{% set attributes = [
    'customer_type', 'customer_status', 'first_name', 'middle_name', 'last_name', 'name_suffix',
    'date_of_birth', 'gender', 'ssn_last_four', 'tax_id', 'email_address', 'phone_primary',
    'phone_mobile', 'country', 'employment_status', 'employer_name', 'occupation', 'annual_income',
    'citizenship', 'language_preference', 'marital_status', 'number_of_dependents',
    'education_level', 'customer_since_date', 'risk_rating', 'kyc_status', 'aml_risk_score',
    'is_vip', 'is_deceased', 'is_do_not_contact', 'is_do_not_email', 'is_do_not_call',
    'is_do_not_mail',
] %}
{% set proven = ['email_address', 'phone_primary', 'phone_mobile', 'address'] %}
{% set place = [
    'address_line1', 'address_line2', 'city', 'state', 'zip_code', 'latitude', 'longitude',
    'address_key', 'is_mailing_same_as_physical',
] %}
{% set compared = attributes + place + [
    'kyc_last_updated', 'deceased_date', 'is_email_address_verified', 'is_phone_primary_verified',
    'is_phone_mobile_verified', 'is_address_verified',
] %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['version_key'],
    meta={
        'touched_by': {
            'customer_key': {
                'int_golden_record__winners': 'customer_key',
                'silver_customer_records': 'customer_key',
            },
        },
        'units': ['customer_key'],
    },
) }}

with

winners as (

    select
        *,
        coalesce(valid_to_timestamp, timestamp '9999-12-31 00:00:00') as told_until
    from {{ ref('int_golden_record__winners') }}
    {% if is_incremental() %}where customer_key in ({{ touched('customer_key') }}){% endif %}

),

records as (

    select * from {{ ref('silver_customer_records') }}
    {% if is_incremental() %}where customer_key in ({{ touched('customer_key') }}){% endif %}

),

-- when one of the attributes may change
moments as (

    select
        customer_key,
        valid_from_timestamp as effective_from
    from winners
    union distinct
    select
        customer_key,
        valid_to_timestamp as effective_from
    from winners
    where valid_to_timestamp is not null

),

states as (

    select
        moments.customer_key,
        moments.effective_from,
        {% for name in attributes %}
            max(case when winners.attribute_name = '{{ name }}' then winners.attribute_value end)
                as {{ name }},
        {% endfor %}
        {% for attribute in proven %}
            bool_or(winners.is_verified) filter (where winners.attribute_name = '{{ attribute }}')
                as is_{{ attribute }}_verified,
        {% endfor %}
        {% for attribute in ['address', 'kyc_status', 'is_deceased'] %}
            max(winners.record_key) filter (where winners.attribute_name = '{{ attribute }}')
                as {{ attribute }}_record_key,
        {% endfor %}
        cast(coalesce(sum(rules.completeness_weight), 0) as integer) as completeness_points
    from moments
    left join winners
        on
            moments.customer_key = winners.customer_key
            and moments.effective_from >= winners.valid_from_timestamp
            and moments.effective_from < winners.told_until
    left join {{ ref('survivorship_rules') }} as rules
        on winners.attribute_name = rules.attribute_name
    group by moments.customer_key, moments.effective_from

),

-- an address, a check and a death are told by one record each
detailed as (

    select
        states.*,
        {% for column in place %}
            places.{{ column }},
        {% endfor %}
        checks.kyc_last_updated,
        deaths.deceased_date
    from states
    left join records as places on states.address_record_key = places.record_key
    left join records as checks on states.kyc_status_record_key = checks.record_key
    left join records as deaths on states.is_deceased_record_key = deaths.record_key

),

hashed as (

    select
        *,
        {{ surrogate_key(compared) }} as state_key
    from detailed

),

-- where none of them changed there is no version
changed as (

    select *
    from hashed
    qualify state_key is distinct from lag(state_key) over (
        partition by customer_key order by effective_from
    )

),

final as (

    select
        {{ surrogate_key(['customer_key', 'effective_from']) }} as version_key,
        *,
        lead(effective_from) over (partition by customer_key order by effective_from)
            as effective_to,
        {{ batch_number() }} as derived_in_batch
    from changed

)

select * from final
