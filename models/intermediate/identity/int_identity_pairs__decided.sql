{# odds of 19 and 1 to 1, in bits; a steward's word outweighs everything #}
{% set auto_bits, review_bits, steward_bits = 4.25, 0, 1000 %}
{% set changed = {
    'int_identity_records__standardised': 'source_customer_key',
    'int_identity_identifiers__standardised': 'source_customer_key',
    'int_identity_keys__dropped': 'source_customer_key',
} %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['left_source_customer_key', 'right_source_customer_key'],
    meta={
        'touched_by': {
            'left_source_customer_key': dict(
                changed, int_identity_steward_decisions='left_source_customer_key'
            ),
            'right_source_customer_key': dict(
                changed, int_identity_steward_decisions='right_source_customer_key'
            ),
            'agreement_pattern': {'int_identity_patterns': 'agreement_pattern'},
        },
        'units': ['left_source_customer_key', 'right_source_customer_key'],
    },
) }}

-- depends_on: {{ ref('int_identity_identifiers__standardised') }}, {{ ref('int_identity_keys__dropped') }},
-- {{ ref('int_identity_records__standardised') }}
with

compared as (

    select * from {{ ref('int_identity_pairs__compared') }}
    {% if is_incremental() %}
        where
            left_source_customer_key in ({{ touched('left_source_customer_key') }})
            or right_source_customer_key in ({{ touched('right_source_customer_key') }})
            or (left_source_customer_key, right_source_customer_key) in (
                select (rejudged.left_source_customer_key, rejudged.right_source_customer_key)
                from {{ ref('int_identity_pairs__compared') }} as rejudged
                where rejudged.agreement_pattern in ({{ touched('agreement_pattern') }})
            )
    {% endif %}

),

u_of_equal_names as (

    select
        log2(max(u) filter (where comparison = 'first_name')) as first_name_u,
        log2(max(u) filter (where comparison = 'last_name')) as last_name_u
    from {{ ref('identity_weights') }}
    where
        comparison = 'first_name' and agreement_level = 6
        or comparison = 'last_name' and agreement_level = 5

),

weighed as (

    select
        compared.left_source_customer_key,
        compared.right_source_customer_key,
        compared.left_record_key,
        compared.right_record_key,
        compared.agreement_pattern,
        patterns.sure_method,
        patterns.veto,
        patterns.is_worth_asking,
        patterns.is_contradiction,
        patterns.reasons,
        patterns.pattern_weight
        + coalesce(u_of_equal_names.first_name_u - log2(compared.first_name_frequency), 0)
        + coalesce(u_of_equal_names.last_name_u - log2(compared.last_name_frequency), 0)
            as match_weight
    from compared
    inner join {{ ref('int_identity_patterns') }} as patterns
        on compared.agreement_pattern = patterns.agreement_pattern
    cross join u_of_equal_names

),

judged as (

    select
        *,
        1 / (1 + power(2e0, -match_weight)) as match_probability,
        case
            when veto is null and sure_method is not null then 'link'
            when match_weight >= {{ auto_bits }} then
                case when veto is null then 'link' when is_worth_asking then 'review' else 'no' end
            when match_weight >= {{ review_bits }} and veto is null then 'review'
            else 'no'
        end as decision
    from weighed

),

-- whoever looked at the two records knows better
with_stewards as (

    select
        left_source_customer_key,
        right_source_customer_key,
        left_record_key,
        right_record_key,
        agreement_pattern,
        match_weight,
        match_probability,
        coalesce(sure_method, 'probabilistic') as match_method,
        veto,
        reasons,
        decision,
        is_contradiction and decision <> 'link' as is_contradiction,
        case decision when 'link' then 1 when 'review' then 2 else 3 end as decision_rank
    from judged
    union all
    select
        left_source_customer_key,
        right_source_customer_key,
        null,
        null,
        null,
        {{ steward_bits }},
        1,
        'steward',
        null,
        concat('a steward said: ', replace(decision, '_', ' ')),
        case decision when 'must_link' then 'link' else 'no' end,
        decision = 'cannot_link',
        0
    from {{ ref('int_identity_steward_decisions') }}
    where decision <> 'withdrawn'

),

-- a customer's older records count too: the best pair of versions decides
final as (

    select
        left_source_customer_key,
        right_source_customer_key,
        left_record_key,
        right_record_key,
        agreement_pattern,
        match_weight,
        match_probability,
        match_method,
        veto,
        reasons,
        decision,
        is_contradiction,
        {{ batch_number() }} as derived_in_batch
    from with_stewards
    where decision <> 'no' or is_contradiction and match_weight > -18
    qualify row_number() over (
        partition by left_source_customer_key, right_source_customer_key
        order by decision_rank, match_weight desc, left_record_key, right_record_key
    ) = 1

)

select * from final
