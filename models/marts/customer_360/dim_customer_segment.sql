with

definitions as (select * from {{ ref('silver_customer_segment_definitions') }}),

-- what those are worth who are in it now
worths as (

    select
        segment_key,
        cast(
            cast(sum(customer_lifetime_value) as double) / count(customer_lifetime_value)
            as decimal(18, 2)
        ) as typical_clv
    from {{ ref('silver_customer_segment_snapshots') }}
    where is_current
    group by segment_key

),

final as (

    select
        definitions.segment_key,
        definitions.segment_id,
        definitions.segment_name,
        definitions.segment_scheme as segment_type,
        definitions.segment_tier,
        cast({{ as_json(
            "concat('{\"rule\": \"', replace(definitions.criteria, '\"', ''), '\"}')"
        ) }} as json) as segment_criteria,
        cast(null as integer) as target_size,
        worths.typical_clv,
        definitions.churn_risk_level,
        definitions.marketing_priority,
        {{ as_array('definitions.recommended_products') }} as recommended_products,
        definitions.segment_code,
        definitions.segmentation_model,
        definitions.model_version,
        definitions.is_high_value,
        definitions.is_growth,
        definitions.effective_from,
        definitions.effective_to,
        definitions.is_current
    from definitions
    left join worths on definitions.segment_key = worths.segment_key
    union all
    select
        -1 as segment_key,
        '(unknown)' as segment_id,
        '(unknown)' as segment_name,
        '(unknown)' as segment_type,
        null as segment_tier,
        null as segment_criteria,
        null as target_size,
        null as typical_clv,
        null as churn_risk_level,
        null as marketing_priority,
        null as recommended_products,
        null as segment_code,
        null as segmentation_model,
        null as model_version,
        false as is_high_value,
        false as is_growth,
        timestamp '0001-01-01 00:00:00' as effective_from,
        null as effective_to,
        true as is_current

)

select * from final
