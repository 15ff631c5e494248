{#- levels: -1 is unknown, more is more alike. Each is a digit of the pattern, the first one the lowest. -#}
{%- set levels = {
    'first_name': "when first_name_l = first_name_r then 6
        when first_name_l = last_name_r and last_name_l = first_name_r then 5
        when is_nickname then 4
        when length(first_name_l) = 1 or length(first_name_r) = 1
            then case when left(first_name_l, 1) = left(first_name_r, 1) then 2 else 0 end
        when " ~ alike('first_name', 2) ~ " then 3
        when " ~ alike('first_name', 4) ~ " then 1 else 0",
    'last_name': "when last_name_l = last_name_r then 5
        when first_name_l = last_name_r and last_name_l = first_name_r then -1
        when " ~ alike('last_name', 2) ~ " then 3
        when length(last_name_l) >= 3 and length(last_name_r) >= 3
            and (last_name_l like concat('%', last_name_r, '%') or last_name_r like concat('%', last_name_l, '%'))
            then 2
        when " ~ alike('last_name', 4) ~ " then 1 else 0",
    'middle_name': "when middle_name_l = middle_name_r and length(middle_name_l) > 1 then 2
        when left(middle_name_l, 1) = left(middle_name_r, 1) then 1 else 0",
    'birth_date': "when birth_date_l = birth_date_r then 4
        when levenshtein(birth_date_l, birth_date_r) <= 1
            or left(birth_date_l, 4) = left(birth_date_r, 4)
            and substr(birth_date_l, 6, 2) = right(birth_date_r, 2)
            and right(birth_date_l, 2) = substr(birth_date_r, 6, 2) then 3
        when levenshtein(birth_date_l, birth_date_r) <= 2
            and (left(birth_date_l, 4) = left(birth_date_r, 4) or right(birth_date_l, 5) = right(birth_date_r, 5))
            then 2
        when left(birth_date_l, 4) = left(birth_date_r, 4) then 1 else 0",
    'tax_id': "when tax_id_l = tax_id_r then 3
        when levenshtein(tax_id_l, tax_id_r) <= 1 then 2 when levenshtein(tax_id_l, tax_id_r) <= 2 then 1 else 0",
    'ssn_last_four': "when tax_id_l is not null and tax_id_r is not null then -1
        when ssn_last_four_l = ssn_last_four_r then 2
        when levenshtein(ssn_last_four_l, ssn_last_four_r) <= 1 then 1 else 0",
    'email': "when " ~ replaced_all('email_local_part_l', '[^0-9]', '') ~ "
            <> " ~ replaced_all('email_local_part_r', '[^0-9]', '') ~ " then 0
        when email_local_part_l = email_local_part_r and length(email_local_part_l) >= 5
            then case when " ~ text_matches('email_local_part_l', "'[0-9]'") ~ " then 3 else -1 end
        when levenshtein(email_l, email_r) <= 2 then 2 else 0",
    'phone': "when levenshtein(phone_l, phone_r) <= 1 then 1 else 0",
    'address': "when house_number_l = house_number_r and street_l = street_r
            and (zip_code_l = zip_code_r or city_l = city_r) then 7
        when house_number_l = house_number_r and " ~ alike('street', 3) ~ " then 6
        when (zip_code_l = zip_code_r or city_l = city_r)
            and (house_number_l = house_number_r or " ~ alike('street', 2) ~ ") then 5
        when zip_code_l = zip_code_r then 4 when " ~ alike('city', 2) ~ " then 3
        when left(zip_code_l, 3) = left(zip_code_r, 3) then 2 when region_l = region_r then 1 else 0",
    'name_suffix': "when name_suffix_l = name_suffix_r then 1 else 0",
} -%}
{#- agreement on an identifier, of whichever of a customer's many, is a shared key (int_identity_keys) -#}
{%- set shared = {'tax_id': [1, 3], 'email': [2, 4], 'phone': [4, 2], 'account': [8, 1], 'device': [16, 1]} -%}
{%- set comparisons = levels.keys() | list + ['account', 'device'] -%}
{%- set fields = levels.keys() | reject('equalto', 'address') | list + [
    'email_local_part', 'house_number', 'street', 'city', 'region', 'zip_code',
] -%}
{% set changed = {
    'int_identity_records__standardised': 'source_customer_key',
    'int_identity_identifiers__standardised': 'source_customer_key',
    'int_identity_keys__dropped': 'source_customer_key',
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

-- depends_on: {{ ref('int_identity_identifiers__standardised') }}, {{ ref('int_identity_keys__dropped') }}
with

blocked as (

    select * from {{ ref('int_identity_pairs__blocked') }}
    {% if is_incremental() %}
        where
            left_source_customer_key in ({{ touched('left_source_customer_key') }})
            or right_source_customer_key in ({{ touched('right_source_customer_key') }})
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
        *,
        {% for comparison in comparisons %}
            case
                {% if comparison in shared %}
                    when shared_rules & {{ shared[comparison][0] }} > 0 then {{ shared[comparison][1] }}
                {% endif %}
                {% if comparison in levels %}
                    when {{ comparison }}_l is null or {{ comparison }}_r is null then -1
                {% endif %}
                {{ levels[comparison] | default('else -1') }}
            end as {{ comparison }}_level{{ ',' if not loop.last }}
        {% endfor %}
    from joined

),

final as (

    select
        compared.left_record_key,
        compared.right_record_key,
        compared.left_source_customer_key,
        compared.right_source_customer_key,
        compared.shared_rules,
        {% for comparison in comparisons %}
            cast({{ 10 ** loop.index0 }} as bigint) * (compared.{{ comparison }}_level + 1)
            {{- ' +' if not loop.last }}
        {% endfor %} as agreement_pattern,
        -- a common name says less than a rare one
        case when compared.first_name_level = 6 then first_names.frequency end as first_name_frequency,
        case when compared.last_name_level = 5 then last_names.frequency end as last_name_frequency
    from compared
    left join {{ ref('identity_name_frequencies') }} as first_names
        on first_names.name_part = 'first_name' and compared.first_name_l = first_names.name
    left join {{ ref('identity_name_frequencies') }} as last_names
        on last_names.name_part = 'last_name' and compared.last_name_l = last_names.name

)

select * from final
