{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['part_kind', 'part_key'],
    meta={
        'touched_by': {
            'session_key': {'int_sittings__sessions': 'session_key'},
            'sitting_key': {
                'int_session_parts__sittings': 'sitting_key',
                'int_sittings__sessions': 'sitting_key',
            },
        },
        'units': ['session_key', 'part_key'],
    },
) }}

with

sittings as (

    select * from {{ ref('int_sittings__sessions') }}
    {% if is_incremental() %}
        where
            session_key in (
                {{ touched('session_key') }}
                union all
                select of_touched_sittings.session_key
                from {{ ref('int_sittings__sessions') }} as of_touched_sittings
                where of_touched_sittings.sitting_key in ({{ touched('sitting_key') }})
            )
    {% endif %}

),

final as (

    select
        parts.part_kind,
        parts.part_key,
        sittings.session_key,
        parts.sitting_key,
        parts.visitor_key,
        parts.visitor_id_type,
        sittings.customer_key,
        cast(
            row_number() over (
                partition by sittings.session_key
                order by parts.part_start_timestamp, parts.part_kind, parts.part_key
            ) as integer
        ) as part_number,
        parts.part_start_timestamp,
        parts.part_end_timestamp,
        sittings.session_start_timestamp,
        parts.login_customer_key is not null as is_authenticated,
        sittings.is_capped,
        sittings.is_bot,
        sittings.is_test,
        {{ batch_number() }} as derived_in_batch
    from {{ ref('int_session_parts__sittings') }} as parts
    inner join sittings on parts.sitting_key = sittings.sitting_key

)

select * from final
