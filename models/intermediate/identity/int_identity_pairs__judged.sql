{# odds of 19 to 1 and of 1 to 1, in bits #}
{% set auto_bits, review_bits = 4.25, 0 %}

with

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
        compared.compared_in_batch,
        patterns.sure_method,
        patterns.veto,
        patterns.is_worth_asking,
        patterns.is_contradiction,
        patterns.reasons,
        patterns.pattern_weight
        + coalesce(u_of_equal_names.first_name_u - log2(compared.first_name_frequency), 0)
        + coalesce(u_of_equal_names.last_name_u - log2(compared.last_name_frequency), 0)
            as match_weight
    from {{ ref('int_identity_pairs__compared') }} as compared
    inner join {{ ref('int_identity_patterns') }} as patterns
        on compared.agreement_pattern = patterns.agreement_pattern
    cross join u_of_equal_names

),

final as (

    select
        *,
        1 / (1 + power(2e0, -match_weight)) as match_probability,
        case
            when veto is null and sure_method is not null then 'link'
            when match_weight >= {{ auto_bits }} and veto is null then 'link'
            when match_weight >= {{ auto_bits }} and is_worth_asking then 'review'
            when
                match_weight >= {{ review_bits }} and coalesce(veto, 'only_names') = 'only_names'
                then 'review'
            else 'no'
        end as decision
    from weighed

)

select * from final
