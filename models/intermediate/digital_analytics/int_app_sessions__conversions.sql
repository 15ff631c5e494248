{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['conversion_key'],
    meta={
        'touched_by': {
            'conversion_key': {'silver_conversions': 'conversion_key'},
            'source_session_key': {'int_app_sessions__aggregated': 'source_session_key'},
        },
        'units': ['session_key'],
    },
) }}

with

conversions as (

    select * from {{ ref('silver_conversions') }}
    {% if is_incremental() %}
        where
            conversion_key in ({{ touched('conversion_key') }})
            or source_session_key in ({{ touched('source_session_key') }})
    {% endif %}

),

-- the part of the app session that had begun last when it happened; for what comes before all, the
-- first
final as (

    select
        conversions.conversion_key,
        conversions.source_session_key,
        sessions.session_key,
        conversions.conversion_value,
        {{ batch_number() }} as derived_in_batch
    from conversions
    inner join {{ ref('int_app_sessions__aggregated') }} as sessions
        on conversions.source_session_key = sessions.source_session_key
    qualify row_number() over (
        partition by conversions.conversion_key
        order by
            case
                when sessions.session_start_timestamp <= conversions.conversion_timestamp then 0
                else 1
            end,
            abs({{ seconds_between(
                'sessions.session_start_timestamp', 'conversions.conversion_timestamp'
            ) }}),
            sessions.session_key
    ) = 1

)

select * from final
