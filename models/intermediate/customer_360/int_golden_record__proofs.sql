with

final as (

    select
        told_values.customer_key,
        told_values.attribute_name,
        told_values.standard_value,
        min(identifiers.verified_from_timestamp) as valid_from_timestamp,
        max(coalesce(identifiers.verified_to_timestamp, timestamp '9999-12-31 00:00:00'))
            as valid_to_timestamp
    from {{ ref('silver_customer_identifiers') }} as identifiers
    inner join {{ ref('int_golden_record__values') }} as told_values
        on
            identifiers.customer_key = told_values.customer_key
            and identifiers.identifier_kind = told_values.identifier_kind
            and identifiers.identifier_value = told_values.standard_value
    where identifiers.verified_from_timestamp is not null
    group by told_values.customer_key, told_values.attribute_name, told_values.standard_value

)

select * from final
