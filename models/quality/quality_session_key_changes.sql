{{ config(
    group='journey_events',
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
) }}

-- A log, only added to: who kept a key that went finds the session that is there now. A key that is
-- known and names no session went; it is looked up by what is hashed in it.
with

went as (

    select
        opened.session_key,
        opened.visitor_key,
        opened.session_start_timestamp
    from {{ ref('int_session_keys__opened') }} as opened
    where
        opened.session_key not in (
            select sessions.session_key from {{ ref('int_sittings__sessions') }} as sessions
        )
        {% if is_incremental() %}
            and opened.session_key not in (
                select known.old_session_key from {{ this }} as known
            )
        {% endif %}

),

final as (

    select
        went.session_key as old_session_key,
        min_by(parts.session_key, parts.part_number) as new_session_key,
        went.session_start_timestamp as old_session_start_timestamp,
        min(parts.session_start_timestamp) as new_session_start_timestamp,
        {{ batch_number() }} as changed_in_batch
    from went
    left join {{ ref('silver_session_parts') }} as parts
        on
            went.visitor_key = parts.visitor_key
            and went.session_start_timestamp >= parts.part_start_timestamp
            and went.session_start_timestamp <= parts.part_end_timestamp
    group by went.session_key, went.session_start_timestamp

)

select * from final
