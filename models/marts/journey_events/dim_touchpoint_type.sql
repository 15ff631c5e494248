with

types as (select * from {{ ref('touchpoint_types') }}),

seen as (

    select
        touchpoint_type as touchpoint_type_code,
        cast(median(cost) filter (where not is_held_out) as decimal(10, 2)) as typical_cost
    from {{ ref('silver_touchpoints') }}
    where touchpoint_type is not null
    group by touchpoint_type

),

codes as (

    select touchpoint_type_code from types
    union
    select touchpoint_type_code from seen

),

final as (

    select
        {{ surrogate_key(['codes.touchpoint_type_code']) }} as touchpoint_type_key,
        codes.touchpoint_type_code,
        coalesce(types.touchpoint_type_name, codes.touchpoint_type_code) as touchpoint_type_name,
        types.touchpoint_category,
        types.inbound_outbound,
        types.digital_physical,
        types.automated_manual,
        seen.typical_cost
    from codes
    left join types on codes.touchpoint_type_code = types.touchpoint_type_code
    left join seen on codes.touchpoint_type_code = seen.touchpoint_type_code
    union all
    select
        -1 as touchpoint_type_key,
        '(none)' as touchpoint_type_code,
        '(none)' as touchpoint_type_name,
        null as touchpoint_category,
        null as inbound_outbound,
        null as digital_physical,
        null as automated_manual,
        null as typical_cost

)

select * from final
