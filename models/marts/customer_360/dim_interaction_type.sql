with

types as (select * from {{ ref('interaction_types') }}),

codes as (

    select interaction_type_code from types
    union distinct
    select interaction_type as interaction_type_code
    from {{ ref('silver_customer_interactions') }}
    where interaction_type is not null

),

final as (

    select
        {{ surrogate_key(['codes.interaction_type_code']) }} as interaction_type_key,
        codes.interaction_type_code,
        coalesce(types.interaction_type_name, codes.interaction_type_code)
            as interaction_type_name,
        types.contact_form,
        types.is_assisted,
        types.is_digital
    from codes
    left join types on codes.interaction_type_code = types.interaction_type_code
    union all
    select
        -1 as interaction_type_key,
        '(none)' as interaction_type_code,
        '(none)' as interaction_type_name,
        null as contact_form,
        null as is_assisted,
        null as is_digital

)

select * from final
