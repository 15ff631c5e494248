{# attribute: its value; the standard form that makes two values one, where it is another; what the
   rules complete, earliest and cautious take the greater of; the kind of identifier that proves it #}
{% set attributes = {
    'customer_type': {},
    'customer_status': {},
    'first_name': {
        'value': 'coalesce(first_name, standard_first_name)', 'standard': 'standard_first_name',
        'preference': 'least(length(standard_first_name), 2)',
    },
    'middle_name': {
        'value': 'coalesce(middle_name, standard_middle_name)', 'standard': 'standard_middle_name',
        'preference': 'least(length(standard_middle_name), 2)',
    },
    'last_name': {
        'value': 'coalesce(last_name, standard_last_name)', 'standard': 'standard_last_name',
        'preference': 'least(length(standard_last_name), 2)',
    },
    'name_suffix': {},
    'date_of_birth': {},
    'gender': {},
    'ssn_last_four': {},
    'tax_id': {'kind': 'tax_id'},
    'email_address': {'standard': 'standard_email', 'kind': 'email'},
    'phone_primary': {'kind': 'phone'},
    'phone_mobile': {'kind': 'phone'},
    'address': {
        'value': 'address_line1',
        'standard': "concat_ws(' ', standard_house_number, standard_street, standard_zip_code)",
        'preference':
            'case when address_key is null then 0 else 2 end'
            ~ ' + case when standard_unit is null then 0 else 1 end',
    },
    'country': {},
    'employment_status': {},
    'employer_name': {},
    'occupation': {},
    'annual_income': {},
    'citizenship': {},
    'language_preference': {},
    'marital_status': {},
    'number_of_dependents': {},
    'education_level': {},
    'customer_since_date': {
        'preference': "- cast(replace(cast(customer_since_date as string), '-', '') as bigint)",
    },
    'risk_rating': {},
    'kyc_status': {},
    'aml_risk_score': {},
    'is_vip': {},
    'is_deceased': {'preference': 'case when is_deceased then 1 else 0 end'},
    'is_do_not_contact': {'preference': 'case when is_do_not_contact then 1 else 0 end'},
    'is_do_not_email': {'preference': 'case when is_do_not_email then 1 else 0 end'},
    'is_do_not_call': {'preference': 'case when is_do_not_call then 1 else 0 end'},
    'is_do_not_mail': {'preference': 'case when is_do_not_mail then 1 else 0 end'},
} %}

with

told as (

    {% for attribute, how in attributes.items() %}
        {% set value = how['value'] or attribute %}
        select
            '{{ attribute }}' as attribute_name,
            record_key,
            source_customer_key,
            customer_key,
            source_system,
            cast({{ value }} as string) as attribute_value,
            lower(cast({{ how['standard'] or value }} as string)) as standard_value,
            cast({{ how['preference'] or 0 }} as bigint) as preference,
            '{{ how["kind"] or "none" }}' as identifier_kind,
            {{ 'is_address_verified' if attribute == 'address' else 'null' }} as is_verified,
            valid_from_timestamp,
            valid_to_timestamp
        from {{ ref('silver_customer_records') }}
        where {{ value }} is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        told.attribute_name,
        told.record_key,
        told.source_customer_key,
        told.customer_key,
        told.source_system,
        told.attribute_value,
        told.standard_value,
        told.preference,
        cast({{ seconds_between(
            "timestamp '2000-01-01 00:00:00'", 'told.valid_from_timestamp'
        ) }} as bigint) as recency,
        1000 - coalesce(priorities.source_priority, 1000) as source_rank,
        nullif(told.identifier_kind, 'none') as identifier_kind,
        coalesce(told.is_verified, false) as is_verified_by_record,
        told.valid_from_timestamp,
        coalesce(told.valid_to_timestamp, timestamp '9999-12-31 00:00:00') as valid_to_timestamp
    from told
    left join {{ ref('source_priorities') }} as priorities
        on told.source_system = priorities.source_system

)

select * from final
