{# fn is the level of the first name …, as in int_identity_pairs__compared and in its order #}
{% set comparisons = {
    'first_name': 'fn', 'last_name': 'ln', 'middle_name': 'mn', 'birth_date': 'dob', 'tax_id': 'tax',
    'ssn_last_four': 'ssn', 'email': 'mail', 'phone': 'phone', 'address': 'home', 'name_suffix': 'suffix',
    'account': 'account', 'device': 'device',
} %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['agreement_pattern'],
    meta={'units': ['agreement_pattern']},
) }}

-- The rules. There are some thousand patterns for some million pairs: each is judged once.
with

patterns as (

    select
        {% for level in comparisons.values() %}
            cast(floor(agreement_pattern / 1e{{ loop.index0 }}) as bigint) % 10 - 1 as {{ level }},
        {% endfor %}
        ln >= 3 or fn = 5 as same_last,
        tax < 2 and ssn < 2 and mail < 2 and phone < 2 and home < 4 and account < 1 and device < 1
        and mn < 2 as nothing_else,
        -- an e-mail and a phone agree, and no name speaks against it
        mail = 4 and phone = 2 and (fn = 1 and ln = 5 or fn = -1 and ln = -1) as both_contacts,
        agreement_pattern
    from (select distinct agreement_pattern from {{ ref('int_identity_pairs__compared') }}) as found

),

-- how likely two records are one person's before looking at them: a record has so many matches
-- among all others, whose number is rounded to a power of four, so as not to change every day
chance as (

    select
        log2(
            max(constants.parameter_value)
            / power(4e0, round(log2(greatest(count(records.record_key), 4)) / 2e0))
        ) as weight
    from {{ ref('identity_parameters') }} as constants
    cross join {{ ref('int_identity_records__standardised') }} as records
    where constants.parameter_name = 'matches_per_record'

),

weighed as (

    select
        patterns.*,
        chance.weight
        {% for level in comparisons.values() %}
            + coalesce({{ level }}_weights.match_weight, 0)
        {% endfor %}
            as pattern_weight,
        concat_ws(
            '; ',
            {% for level in comparisons.values() %}
                {{ level }}_weights.meaning,
            {% endfor %}
            null
        ) as reasons
    from patterns
    cross join chance
    {% for comparison, level in comparisons.items() %}
        left join {{ ref('identity_weights') }} as {{ level }}_weights
            on
                {{ level }}_weights.comparison = '{{ comparison }}'
                and patterns.{{ level }} = {{ level }}_weights.agreement_level
    {% endfor %}

),

judged as (

    select
        *,
        -- contradictions between persons: no sum of agreements makes up for them
        case
            when suffix = 0 then 'suffix_conflict'
            when
                tax = 0
                and not (
                    fn >= 3 and same_last and dob = 4 and (mail = 4 or phone = 2 or home >= 4)
                )
                then 'tax_id_conflict'
            when fn = 0 and tax < 2 and not (ssn = 2 and dob >= 3) then 'first_name_conflict'
            when
                dob in (0, 1) and tax < 2 and ssn < 2 and not (mail = 4 and fn >= 3 and ln >= 3)
                then 'birth_date_conflict'
            when ssn = 0 and tax < 2 and not (fn >= 4 and dob = 4) then 'ssn_conflict'
            when fn = 1 and tax < 2 and ssn < 2 and mail < 4 then 'weak_first_name'
            when fn < 3 and dob < 3 and ssn < 2 and tax < 2 and mn < 2 and not both_contacts
                then 'no_person_evidence'
            -- nothing but names, or a first name and a birth date: others have them too
            when (dob < 3 or ln in (0, 1)) and nothing_else then 'only_names'
            -- father and son of one name
            when
                fn >= 4 and home >= 6 and dob = -1 and tax < 2 and ssn < 2
                and (mail = 0 or phone = 0) and mail < 4 and phone < 2
                and account < 1 and device < 1
                then 'namesake_at_home'
        end as veto,
        -- what is enough in itself
        case
            when tax = 3 and (fn >= 1 or dob >= 3 or ln >= 3) then 'tax_id'
            when ssn = 2 and dob = 4 and (fn >= 2 or ln >= 3) then 'ssn_and_birth_date'
            when dob in (0, 1) or ssn = 0 or tax = 0 then null
            when both_contacts then 'email_and_phone'
            when fn < 3 then null
            when account = 1 then 'account_and_name'
            when ln in (0, 1) then null
            when mail = 4 then 'email_and_name'
            when device = 1 then 'device_and_name'
            when phone = 2 and fn >= 4 and same_last then 'phone_and_name'
        end as sure_method,
        -- plainly two members of a family: nobody needs to be asked
        (fn <> 0 or dob >= 3 or ssn = 2) and not (tax = 0 and dob < 3) as is_worth_asking,
        -- two persons: not even through others
        suffix = 0 and tax < 3
        or tax < 2 and (
            case when tax = 0 then 1 else 0 end + case when fn in (0, 1) then 1 else 0 end
            + case when dob in (0, 1) then 1 else 0 end + case when ssn = 0 then 1 else 0 end
        ) >= 2 as is_contradiction
    from weighed

),

final as (

    select
        agreement_pattern,
        pattern_weight,
        reasons,
        sure_method,
        case
            when coalesce(sure_method, '') <> 'tax_id' or veto = 'suffix_conflict' then veto
        end as veto,
        is_worth_asking,
        is_contradiction,
        {{ batch_number() }} as derived_in_batch
    from judged

)

select * from final
