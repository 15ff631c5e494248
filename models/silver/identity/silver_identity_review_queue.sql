with

-- what is to be asked, and links that were cut because they joined what contradicts itself
open_pairs as (

    select
        pairs.*,
        ours.component_key as left_component_key,
        theirs.component_key as right_component_key
    from {{ ref('int_identity_pairs__decided') }} as pairs
    inner join {{ ref('int_identity_components') }} as ours
        on pairs.left_source_customer_key = ours.source_customer_key
    inner join {{ ref('int_identity_components') }} as theirs
        on pairs.right_source_customer_key = theirs.source_customer_key
    where
        pairs.decision in ('review', 'link')
        and ours.component_key <> theirs.component_key

),

-- one question for two customers: their likeliest pair
questions as (

    select * from open_pairs
    qualify row_number() over (
        partition by
            least(left_component_key, right_component_key),
            greatest(left_component_key, right_component_key)
        order by
            match_weight desc, left_source_customer_key asc, right_source_customer_key asc
    ) = 1

),

valued as (

    select
        questions.*,
        ours.golden_id as left_golden_id,
        theirs.golden_id as right_golden_id,
        ours.source_system as left_source_system,
        ours.source_customer_id as left_source_customer_id,
        theirs.source_system as right_source_system,
        theirs.source_customer_id as right_source_customer_id,
        case
            when questions.decision = 'link' then 'contradictory_cluster'
            else coalesce(questions.veto, 'in_between')
        end as review_reason,
        ours.cluster_size * theirs.cluster_size as record_pairs,
        -- a veto says that the probability is not to be trusted: as good as none
        case
            when questions.decision = 'review' and questions.veto is null
                then least(questions.match_probability, 1 - questions.match_probability)
            else 0.5
        end as doubt
    from questions
    inner join {{ ref('silver_customer_identities') }} as ours
        on questions.left_source_customer_key = ours.source_customer_key
    inner join {{ ref('silver_customer_identities') }} as theirs
        on questions.right_source_customer_key = theirs.source_customer_key

),

final as (

    select
        row_number() over (
            order by
                record_pairs * doubt desc, match_weight desc,
                left_source_customer_key asc, right_source_customer_key asc
        ) as review_rank,
        left_source_customer_key,
        right_source_customer_key,
        left_golden_id,
        right_golden_id,
        left_source_system,
        left_source_customer_id,
        right_source_system,
        right_source_customer_id,
        review_reason,
        match_probability,
        match_weight,
        reasons,
        agreement_pattern,
        record_pairs * doubt as answer_value
    from valued

)

select * from final
