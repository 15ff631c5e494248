{# each is a digit of the pattern, the first one the lowest; see agreement_level #}
{% set comparisons = [
    'first_name', 'last_name', 'middle_name', 'birth_date', 'tax_id', 'ssn_last_four', 'email', 'phone',
    'address', 'name_suffix', 'account', 'device',
] %}
{% set fields = [
    'first_name', 'last_name', 'middle_name', 'name_suffix', 'birth_date', 'tax_id', 'ssn_last_four',
    'email', 'email_local_part', 'phone', 'house_number', 'street', 'city', 'region', 'zip_code',
] %}
{% set changed = {
    'int_identity_records__standardised': 'source_customer_key',
    'int_identity_identifiers__standardised': 'source_customer_key',
    'int_identity_keys__dropped': 'source_customer_key',
    'int_identity_steward_decisions': [
        'left_source_customer_key', 'right_source_customer_key',
    ],
} %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['left_record_key', 'right_record_key'],
    meta={
        'touched_by': {
            'left_source_customer_key': changed,
            'right_source_customer_key': changed,
        },
    },
) }}

-- depends_on: {{ ref('int_identity_identifiers__standardised') }},
-- {{ ref('int_identity_keys__dropped') }}, {{ ref('int_identity_steward_decisions') }}
with

blocked as (

    select * from {{ ref('int_identity_pairs__blocked') }}
    {% if is_incremental() %}
        where blocked_in_batch > {{ last_batch_of(model.name) }}
    {% endif %}

),

joined as (

    select
        blocked.*,
        {% for field in fields %}
            ours.{{ field }} as {{ field }}_l,
            theirs.{{ field }} as {{ field }}_r,
        {% endfor %}
        coalesce(ours.street, ours.zip_code, ours.city) as address_l,
        coalesce(theirs.street, theirs.zip_code, theirs.city) as address_r,
        nicknames.first_name is not null as is_nickname
    from blocked
    inner join {{ ref('int_identity_records__standardised') }} as ours
        on blocked.left_record_key = ours.record_key
    inner join {{ ref('int_identity_records__standardised') }} as theirs
        on blocked.right_record_key = theirs.record_key
    left join {{ ref('int_identity_nickname_pairs') }} as nicknames
        on
            ours.first_name = nicknames.first_name
            and theirs.first_name = nicknames.other_first_name

),

compared as (

    select
        {% for comparison in comparisons %}
            {{ agreement_level(comparison) }} as {{ comparison }}_level,
        {% endfor %}
        *
    from joined

),

final as (

    select
        compared.left_record_key,
        compared.right_record_key,
        compared.left_source_customer_key,
        compared.right_source_customer_key,
        compared.shared_rules,
        cast(0 as bigint)
        {% for comparison in comparisons %}
            + cast({{ 10 ** loop.index0 }} as bigint) * (compared.{{ comparison }}_level + 1)
        {% endfor %}
            as agreement_pattern,
        {{ batch_number() }} as compared_in_batch,
        -- a common name says less than a rare one
        case
            when compared.first_name_l = compared.first_name_r then first_names.frequency
        end as first_name_frequency,
        case
            when compared.last_name_l = compared.last_name_r then last_names.frequency
        end as last_name_frequency
    from compared
    left join {{ ref('identity_name_frequencies') }} as first_names
        on first_names.name_part = 'first_name' and compared.first_name_l = first_names.name
    left join {{ ref('identity_name_frequencies') }} as last_names
        on last_names.name_part = 'last_name' and compared.last_name_l = last_names.name

)

select * from final
