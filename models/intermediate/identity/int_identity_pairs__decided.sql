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
    unique_key=['left_source_customer_key', 'right_source_customer_key'],
    meta={
        'touched_by': {
            'left_source_customer_key': changed,
            'right_source_customer_key': changed,
            'agreement_pattern': {'int_identity_patterns': 'agreement_pattern'},
        },
        'units': ['left_source_customer_key', 'right_source_customer_key'],
    },
) }}

-- depends_on: {{ ref('int_identity_identifiers__standardised') }},
-- {{ ref('int_identity_keys__dropped') }},
-- {{ ref('int_identity_records__standardised') }}, {{ ref('int_identity_patterns') }},
-- {{ ref('int_identity_pairs__compared') }}
with

{% if is_incremental() %}
    -- compared as before, but weighed otherwise
    weighed_again as (

        select
            left_source_customer_key,
            right_source_customer_key
        from {{ ref('int_identity_pairs__compared') }}
        where
            agreement_pattern in ({{ touched('agreement_pattern') }})
            and compared_in_batch <= {{ last_batch_of(model.name) }}

    ),
{% endif %}

judged as (

    select * from {{ ref('int_identity_pairs__judged') }}
    {% if is_incremental() %}
        where compared_in_batch > {{ last_batch_of(model.name) }}
        union all
        select * from {{ ref('int_identity_pairs__judged') }}
        where
            compared_in_batch <= {{ last_batch_of(model.name) }}
            and (left_source_customer_key, right_source_customer_key) in (
                select
                    weighed_again.left_source_customer_key,
                    weighed_again.right_source_customer_key
                from weighed_again
            )
    {% endif %}

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
        case decision when 'link' then 1 when 'review' then 2 else 3 end as machine_rank
    from judged
    union all
    select
        left_source_customer_key,
        right_source_customer_key,
        null as left_record_key,
        null as right_record_key,
        null as agreement_pattern,
        -- bits: a steward's word outweighs everything
        1000 as match_weight,
        1 as match_probability,
        'steward' as match_method,
        null as veto,
        concat('a steward said: ', replace(decision, '_', ' ')) as reasons,
        case decision when 'must_link' then 'link' else 'no' end as decision,
        decision = 'cannot_link' as is_contradiction,
        null as machine_rank
    from {{ ref('int_identity_steward_decisions') }}
    where
        decision <> 'withdrawn'
        {% if is_incremental() %}
            and (
                left_source_customer_key in ({{ touched('left_source_customer_key') }})
                or right_source_customer_key in ({{ touched('right_source_customer_key') }})
                or (left_source_customer_key, right_source_customer_key) in (
                    select
                        weighed_again.left_source_customer_key,
                        weighed_again.right_source_customer_key
                    from weighed_again
                )
            )
        {% endif %}

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
        -- what the rules say where a steward said something
        case
        min(machine_rank) over pair
            when 1 then 'link'
            when 2 then 'review'
            else 'no'
        end as machine_decision,
        {{ batch_number() }} as derived_in_batch
    from with_stewards
    where decision <> 'no' or is_contradiction and match_weight > -18
    window pair as (partition by left_source_customer_key, right_source_customer_key)
    qualify row_number() over (
        partition by left_source_customer_key, right_source_customer_key
        order by
            coalesce(machine_rank, 0), match_weight desc, left_record_key asc, right_record_key asc
    ) = 1

)

select * from final
