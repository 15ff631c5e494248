{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['conversion_key'],
    meta={
        'touched_by': {
            'conversion_key': {'silver_conversions': 'conversion_key'},
            'source_session_key': {'silver_real_time_decisions': 'source_session_key'},
        },
        'units': ['decision_key'],
    },
) }}

with

conversions as (

    select
        conversion_key,
        source_session_key,
        conversion_timestamp,
        conversion_value
    from {{ ref('silver_conversions') }}
    where
        source_session_key is not null
        {% if is_incremental() %}
            and (
                conversion_key in ({{ touched('conversion_key') }})
                or source_session_key in ({{ touched('source_session_key') }})
            )
        {% endif %}

),

-- the last decision that had been carried out gets it, and gets it whole: no value is told twice
followed as (

    select
        conversions.conversion_key,
        conversions.source_session_key,
        decisions.decision_key,
        conversions.conversion_value,
        conversions.conversion_timestamp
    from conversions
    inner join {{ ref('silver_real_time_decisions') }} as decisions
        on
            conversions.source_session_key = decisions.source_session_key
            and conversions.conversion_timestamp >= decisions.effect_timestamp
    qualify row_number() over (
        partition by conversions.conversion_key
        order by decisions.effect_timestamp desc, decisions.decision_key desc
    ) = 1

),

final as (

    select
        *,
        {{ batch_number() }} as derived_in_batch
    from followed

)

select * from final
