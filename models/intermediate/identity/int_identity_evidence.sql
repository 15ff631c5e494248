{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['source_customer_key'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'int_identity_pairs__decided': [
                    'left_source_customer_key', 'right_source_customer_key',
                ],
                'int_identity_components': 'source_customer_key',
            },
        },
        'units': ['source_customer_key'],
    },
) }}

with

{% if is_incremental() %}
    touched_customers as ({{ touched('source_customer_key') }}),

    -- a pair tells something else of one when the other has moved
    affected_customers as (

        select source_customer_key from touched_customers
        {% for ours, theirs in [('left', 'right'), ('right', 'left')] %}
            union
            select {{ ours }}_source_customer_key
            from {{ ref('int_identity_pairs__decided') }}
            where
                {{ theirs }}_source_customer_key in (
                    select touched_customers.source_customer_key from touched_customers
                )
        {% endfor %}

    ),
{% endif %}

pairs_of_customers as (

    {% for ours, theirs in [('left', 'right'), ('right', 'left')] %}
        select
            {{ ours }}_source_customer_key as source_customer_key,
            {{ theirs }}_source_customer_key as other_key,
            decision,
            is_contradiction,
            match_method,
            match_weight,
            match_probability
        from {{ ref('int_identity_pairs__decided') }}
        {% if is_incremental() %}
            where
                {{ ours }}_source_customer_key in (
                    select affected.source_customer_key from affected_customers as affected
                )
        {% endif %}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

placed as (

    select
        pairs_of_customers.*,
        ours.component_key = theirs.component_key as is_together,
        ours.component_key = theirs.component_key
        and pairs_of_customers.decision = 'link' as is_tie
    from pairs_of_customers
    inner join {{ ref('int_identity_components') }} as ours
        on pairs_of_customers.source_customer_key = ours.source_customer_key
    inner join {{ ref('int_identity_components') }} as theirs
        on pairs_of_customers.other_key = theirs.source_customer_key

),

-- of links of one weight the method that comes first: the order of rows must not tell
ranked as (

    select
        *,
        row_number() over (
            partition by source_customer_key, is_tie
            order by match_weight desc, match_method asc
        ) as place
    from placed

),

final as (

    select
        source_customer_key,
        max(case when is_tie then match_probability end) as match_confidence,
        max(case when is_tie and place = 1 then match_method end) as match_method,
        bool_or(decision <> 'no' and not is_together) as is_in_review,
        bool_or(is_contradiction and is_together) as is_contradicted,
        {{ batch_number() }} as derived_in_batch
    from ranked
    group by source_customer_key

)

select * from final
