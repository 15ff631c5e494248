{# What two records of one person are likely to share. A key with a null part blocks nothing. The
   first five are identifiers: their bits tell the comparison that they agree. #}
{% set identifier_rules = {'tax_id': 0, 'email': 1, 'phone': 2, 'account': 3, 'device': 4} %}
{% set record_rules = {
    5: ['ssn_last_four', 'birth_date'],
    6: ['ssn_last_four', 'left(last_name, 4)'],
    7: ['ssn_last_four', 'left(first_name, 4)'],
    8: ['first_name', 'birth_date'],
    9: [soundex('last_name'), 'birth_date'],
    10: [soundex('last_name'), 'left(first_name, 1)', 'left(birth_date, 4)'],
    11: ['left(first_name, 3)', 'left(last_name, 4)'],
    12: ['least(first_name, last_name)', 'greatest(first_name, last_name)'],
    13: ['left(first_name, 2)', 'left(last_name, 2)', 'left(birth_date, 4)'],
    14: ['zip_code', 'left(first_name, 4)'],
    15: ['zip_code', 'left(last_name, 4)'],
    16: ['zip_code', 'house_number'],
    17: ['house_number', 'left(street, 4)'],
    18: ['city', 'birth_date'],
    19: ['house_number', 'birth_date'],
    20: ['email_local_part'],
    21: ['left(zip_code, 3)', 'last_name'],
    22: ['left(zip_code, 3)', 'first_name', 'left(last_name, 1)'],
} %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['record_key', 'rule_bit', 'block_key'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'int_identity_records__standardised': 'source_customer_key',
                'int_identity_identifiers__standardised': 'source_customer_key',
            },
        },
        'units': ['block_key'],
    },
) }}

with

records as (

    select * from {{ ref('int_identity_records__standardised') }}
    {% if is_incremental() %}
        where source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

identifier_keys as (

    select
        case identifiers.identifier_kind
            {% for kind, rule in identifier_rules.items() %}
                when '{{ kind }}' then {{ 2 ** rule }}
            {% endfor %}
        end as rule_bit,
        identifiers.identifier_key as block_key,
        records.record_key,
        records.source_customer_key,
        left(records.first_name, 1) as first_initial
    from records
    inner join {{ ref('int_identity_identifiers__standardised') }} as identifiers
        on records.source_customer_key = identifiers.source_customer_key

),

record_keys as (

    {% for rule, parts in record_rules.items() %}
        select
            {{ 2 ** rule }} as rule_bit,
            {{ hash_63_bits([rule] + parts) }} as block_key,
            record_key,
            source_customer_key,
            cast(null as string) as first_initial
        from records
        where
            true
            {% for part in parts %}
                and {{ part }} is not null
            {% endfor %}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        cast(rule_bit as bigint) as rule_bit,
        block_key,
        record_key,
        source_customer_key,
        first_initial,
        {{ batch_number() }} as derived_in_batch
    from (
        select * from identifier_keys
        union all
        select * from record_keys
    ) as keys_of_both

)

select * from final
