{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['funnel_key'],
) }}

with

definitions as (

    select
        {{ surrogate_key(['funnel_name']) }} as funnel_key,
        max(window_hours) as window_hours,
        bit_xor({{ surrogate_key([
            'window_hours', 'step_number', 'step_name', 'alternative', 'event_property', 'pattern',
        ]) }}) as definition_key
    from {{ ref('funnels') }}
    group by funnel_name

),

-- a funnel that the seed no longer has is told once more, so that what was derived from it goes
final as (

    select * from definitions
    {% if is_incremental() %}
        union all
        select
            funnel_key,
            cast(null as integer) as window_hours,
            cast(null as bigint) as definition_key
        from {{ this }}
        where funnel_key not in (select definitions.funnel_key from definitions)
    {% endif %}

)

select
    *,
    {{ batch_number() }} as derived_in_batch
from final
